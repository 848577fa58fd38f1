import { TIE } from './convolution.js';
import { type Random, seeded } from './random.js';
import type { Member, Unit, Units } from './units.js';

/** Arrangements as extreme as the one seen, after which a p is known well enough: its relative error is about 1/√100. */
const ENOUGH = 100;

/** One unit's part of cases · D under a random arrangement. */
type Draw = (random: Random) => number;

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
  const draws = inFixedOrder(units).flatMap(drawOf);
  const seen = effect * cases;
  const drop = counter();
  const rise = counter();
  for (let round = 1; round <= resamples && !(drop.done && rise.done); round += 1) {
    let sum = 0;
    for (const draw of draws) sum += draw(random);
    drop.saw(sum >= seen - TIE, round);
    rise.saw(sum <= seen + TIE, round);
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
  const sorted = units.map(({ members }) => {
    const [only] = members;
    return members.length === 1 && only !== undefined
      ? { members: [{ ...only, values: only.values.toSorted() }] }
      : { members };
  });
  return sorted.toSorted((a, b) => compareMembers(a.members, b.members));
}

function compareMembers(a: readonly Member[], b: readonly Member[]): number {
  return a.length - b.length || compareValues(flat(a), flat(b));
}

function flat(members: readonly Member[]): number[] {
  return members.flatMap(({ values, baseline }) => [baseline, values.length, ...values]);
}

function compareValues(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const order = (a[index] ?? 0) - (b[index] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** How to draw one unit; none for a unit whose arrangements are all alike. */
function drawOf({ members }: Unit): Draw[] {
  const [only] = members;
  if (only === undefined) return [];
  if (members.length > 1) return [drawTogether(members)];
  return only.values.every((value) => value === only.values[0]) ? [] : [drawAlone(only)];
}

/** Deals a case's values anew: a partial shuffle (Durstenfeld 1964) of the smaller side, on top of the shuffle before it. */
function drawAlone({ values, baseline }: Member): Draw {
  const pool = values.slice();
  const total = pool.reduce((sum, value) => sum + value, 0);
  const run = pool.length - baseline;
  const small = Math.min(baseline, run);
  const sign = run <= baseline ? 1 : -1;
  const large = pool.length - small;
  return (random) => {
    let sum = 0;
    for (let index = 0; index < small; index += 1) {
      const other = index + random.below(pool.length - index);
      const value = pool[other] ?? 0;
      pool[other] = pool[index] ?? 0;
      pool[index] = value;
      sum += value;
    }
    return sign * ((total - sum) / large - sum / small);
  };
}

/**
 * Deals the rounds of a group whose cases have different numbers of them: every round gets one random rank for all cases, and each
 * case's lowest-ranked rounds become its baseline.
 */
function drawTogether(members: readonly Member[]): Draw {
  const slots = [...new Set(members.flatMap((member) => member.slots))].toSorted((a, b) => a - b);
  return (random) => {
    const ranks = new Map(slots.map((slot) => [slot, random.next()]));
    let sum = 0;
    for (const { values, baseline, slots: own } of members) {
      const order = own.map((slot, index) => ({ rank: ranks.get(slot) ?? 0, value: values[index] ?? 0 }));
      order.sort((a, b) => a.rank - b.rank);
      order.forEach(({ value }, index) => {
        sum += index < baseline ? value / baseline : -value / (order.length - baseline);
      });
    }
    return sum;
  };
}
