import { TIE } from './convolution.js';
import { dealer } from './deal.js';
import { seeded } from './random.js';
import type { Unit, Units } from './units.js';

/** Arrangements as extreme as the one seen, after which a p is known well enough: its relative error is about 1/√100. */
const ENOUGH = 100;

/** Arrangements drawn in one go. */
const BLOCK = 256;

/**
 * Samples arrangements of the units and compares each one's D with the one seen. Sampling stops early when either p is known well
 * enough: p = ENOUGH / m after ENOUGH arrangements as extreme, else (b + 1) / (m + 1) (Besag & Clifford 1991, Biometrika 78;
 * Phipson & Smyth 2010). Ties are counted with a tolerance, so that rounding decides nothing.
 */
export function monteCarlo(
  { units, cases, effect }: Units,
  { seed = 'assay', resamples = 9999 }: { seed?: string; resamples?: number },
): { drop: number; rise: number } {
  const random = seeded(seed);
  const deal = dealer();
  const draws = inFixedOrder(units).flatMap(deal);
  const seen = effect * cases;
  const drop = counter();
  const rise = counter();
  for (let done = 0; done < resamples && !(drop.done && rise.done); done += BLOCK) {
    const sums = new Float64Array(Math.min(BLOCK, resamples - done));
    for (const draw of draws) draw(sums, random);
    sums.forEach((sum, index) => {
      drop.saw(sum >= seen - TIE, done + index + 1);
      rise.saw(sum <= seen + TIE, done + index + 1);
    });
  }
  return { drop: drop.p(resamples), rise: rise.p(resamples) };
}

interface Counter {
  done: boolean;
  saw(extreme: boolean, round: number): void;
  p(resamples: number): number;
}

function counter(): Counter {
  let extreme = 0;
  let stoppedAt = 0;
  return {
    done: false,
    saw(hit, round) {
      if (this.done || !hit) return;
      extreme += 1;
      if (extreme < ENOUGH) return;
      this.done = true;
      stoppedAt = round;
    },
    p: (resamples) => (stoppedAt > 0 ? ENOUGH / stoppedAt : (extreme + 1) / (resamples + 1)),
  };
}

/** The same units in an order, and with scores in an order, that do not depend on how the cases were listed. */
function inFixedOrder(units: readonly Unit[]): Unit[] {
  return units
    .map(sortTrials)
    .map((unit) => ({ unit, key: keyOf(unit) }))
    .toSorted((a, b) => compareKeys(a.key, b.key))
    .map(({ unit }) => unit);
}

/** Trials of a single case may stand in any order; in a group their places say which of them belong together. */
function sortTrials(unit: Unit): Unit {
  const [only] = unit.members;
  if (unit.members.length !== 1 || only === undefined) return unit;
  return { members: [{ ...only, values: only.values.toSorted() }] };
}

function keyOf({ members }: Unit): Float64Array {
  const length = members.reduce((sum, { values }) => sum + 2 + values.length, 0);
  const key = new Float64Array(length);
  let at = 0;
  for (const { values, baseline } of members) {
    key[at] = baseline;
    key[at + 1] = values.length;
    key.set(values, at + 2);
    at += 2 + values.length;
  }
  return key;
}

function compareKeys(a: Float64Array, b: Float64Array): number {
  for (let index = 0; index < a.length; index += 1) {
    const order = (a[index] ?? 0) - (b[index] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
