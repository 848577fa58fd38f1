import { logChoose } from './gamma.js';
import type { Random } from './random.js';
import type { Member, Unit } from './units.js';

/** Adds one unit's part of cases · D, under a random arrangement of its trials, to each of the sums. */
export type Draw = (sums: Float64Array, random: Random) => void;

/** Up to so many ways to deal one case are listed once, and then drawn from the list. */
const LISTED = 20_000;
/** Up to so many of them are kept as finished differences. */
const TABLED = 1_000;

/** How to draw each unit; none for a unit whose arrangements are all alike. Lists are shared by cases of equal shape. */
export function dealer(): (unit: Unit) => Draw[] {
  const subsets = new Map<string, Uint16Array>();
  return ({ members }) => {
    const [only] = members;
    if (only === undefined) return [];
    if (members.length > 1) return [drawTogether(members)];
    return only.values.every((value) => value === only.values[0]) ? [] : [drawAlone(only, subsets)];
  };
}

/** Deals a case's values anew, in the way that is quickest for their number. */
function drawAlone(member: Member, subsets: Map<string, Uint16Array>): Draw {
  const { values } = member;
  const { size, difference } = smallSide(member);
  const count = Math.round(Math.exp(logChoose(values.length, size)));
  if (count > LISTED) return drawShuffled(member);
  const key = `${values.length}/${size}`;
  const list = subsets.get(key) ?? allSubsets(values.length, size);
  subsets.set(key, list);
  const at = (index: number): number => difference(sumAt(values, list, index * size, size));
  if (count > TABLED) return drawIndexed(count, at);
  const table = new Float64Array(count);
  for (let index = 0; index < count; index += 1) table[index] = at(index);
  return drawIndexed(count, (index) => table[index] ?? 0);
}

/** Draws from a list of differences of known length. */
function drawIndexed(count: number, at: (index: number) => number): Draw {
  const scale = count / 2 ** 32;
  let bits = new Uint32Array(0);
  return (sums, random) => {
    if (bits.length !== sums.length) bits = new Uint32Array(sums.length);
    random.fill(bits);
    for (let round = 0; round < sums.length; round += 1) {
      sums[round] = (sums[round] ?? 0) + at(Math.floor((bits[round] ?? 0) * scale));
    }
  };
}

/** Draws one arrangement after the other. */
function drawEach(draw: (random: Random) => number): Draw {
  return (sums, random) => {
    for (let round = 0; round < sums.length; round += 1) sums[round] = (sums[round] ?? 0) + draw(random);
  };
}

/** The side with fewer trials, and what its sum means: baseline mean − run mean. */
function smallSide({ values, baseline }: Member): { size: number; difference: (sum: number) => number } {
  const total = values.reduce((sum, value) => sum + value, 0);
  const run = values.length - baseline;
  return run <= baseline
    ? { size: run, difference: (sum) => (total - sum) / baseline - sum / run }
    : { size: baseline, difference: (sum) => sum / baseline - (total - sum) / run };
}

/** Sum of the values at the `size` places that the list names from `start` on. */
function sumAt(values: Float64Array, list: Uint16Array, start: number, size: number): number {
  let sum = 0;
  for (let index = start; index < start + size; index += 1) sum += values[list[index] ?? 0] ?? 0;
  return sum;
}

/** All subsets of `size` among 0 … n − 1, one after the other, in lexicographic order. */
function allSubsets(n: number, size: number): Uint16Array {
  const current = Array.from({ length: size }, (_, index) => index);
  const list: number[] = [];
  for (;;) {
    list.push(...current);
    let at = size - 1;
    while (at >= 0 && current[at] === n - size + at) at -= 1;
    if (at < 0) return Uint16Array.from(list);
    const next = (current[at] ?? 0) + 1;
    for (let index = at; index < size; index += 1) current[index] = next + index - at;
  }
}

/** A partial shuffle (Durstenfeld 1964) of the smaller side, on top of the shuffle before it. */
function drawShuffled(member: Member): Draw {
  const pool = member.values.slice();
  const { size, difference } = smallSide(member);
  return drawEach((random) => {
    let sum = 0;
    for (let index = 0; index < size; index += 1) {
      const other = index + random.below(pool.length - index);
      const value = pool[other] ?? 0;
      pool[other] = pool[index] ?? 0;
      pool[index] = value;
      sum += value;
    }
    return difference(sum);
  });
}

/**
 * Deals the rounds of a group whose cases have different numbers of them: every round gets one random rank for all cases, and each
 * case's lowest-ranked rounds become its baseline.
 */
function drawTogether(members: readonly Member[]): Draw {
  const slots = [...new Set(members.flatMap(({ slots: own = [] }) => own))].toSorted((a, b) => a - b);
  return drawEach((random) => {
    const ranks = new Map(slots.map((slot) => [slot, random.next()]));
    let sum = 0;
    for (const { values, baseline, slots: own = [] } of members) {
      const order = own.map((slot, index) => ({ rank: ranks.get(slot) ?? 0, value: values[index] ?? 0 }));
      order.sort((a, b) => a.rank - b.rank);
      order.forEach(({ value }, index) => {
        sum += index < baseline ? value / baseline : -value / (order.length - baseline);
      });
    }
    return sum;
  });
}
