/** Trials of the same cases on both sides: one array of scores per case, in order of repeat. */
export interface PairedTrials {
  baseline: readonly (readonly number[])[];
  run: readonly (readonly number[])[];
  /** Per case the name of its group, if it has one: such cases are permuted together. */
  groups?: readonly (string | undefined)[];
}

/** What is permuted as one: a case, or the cases of a group. All scores of its rounds, the baseline's first. */
export interface Unit {
  /** One entry per case of the unit (a single one where the cases' rounds could be added up). */
  members: readonly Member[];
}

/** Scores of one case, or sums over the cases of a group, in the slots that are permuted. */
export interface Member {
  values: Float64Array;
  /** How many of `values`, from the front, are the baseline's. */
  baseline: number;
  /** Of a case in a group: which round of its side each value comes from, which is what the cases of a group share. */
  slots?: readonly number[];
}

/** The units of a test and what it measures. */
export interface Units {
  units: Unit[];
  /** Cases with trials on both sides. */
  cases: number;
  /** Mean over those cases of (baseline mean − run mean). */
  effect: number;
  /** Every score is 0 or 1. */
  passFail: boolean;
}

/**
 * Sorts trials into units; a case without trials on either side is left out.
 * @returns undefined where no case has trials on both sides
 */
export function pairUp({ baseline, run, groups = [] }: PairedTrials): Units | undefined {
  const byGroup = new Map<string, Member[]>();
  const singles: Member[] = [];
  let cases = 0;
  let sum = 0;
  let passFail = true;
  baseline.forEach((before, index) => {
    const after = run[index] ?? [];
    if (before.length === 0 || after.length === 0) return;
    cases += 1;
    const member = toMember(before, after);
    sum += effectOf(member);
    passFail &&= isPassFail(member.values);
    const group = groups[index];
    if (group === undefined) {
      singles.push(member);
      return;
    }
    const its = byGroup.get(group) ?? [];
    its.push({ ...member, slots: slotsOf(before, after) });
    byGroup.set(group, its);
  });
  if (cases === 0) return undefined;
  const units = [...singles.map((member) => ({ members: [member] })), ...[...byGroup.values()].map(asUnit)];
  return { units, cases, effect: sum / cases, passFail };
}

/** Baseline mean − run mean. */
function effectOf({ values, baseline }: Member): number {
  let before = 0;
  let after = 0;
  values.forEach((value, index) => {
    if (index < baseline) before += value;
    else after += value;
  });
  return before / baseline - after / (values.length - baseline);
}

function toMember(before: readonly number[], after: readonly number[]): Member {
  const values = new Float64Array(before.length + after.length);
  for (let index = 0; index < before.length; index += 1) values[index] = before[index] ?? 0;
  for (let index = 0; index < after.length; index += 1) values[before.length + index] = after[index] ?? 0;
  return { values, baseline: before.length };
}

function isPassFail(values: Float64Array): boolean {
  for (const value of values) if (value !== 0 && value !== 1) return false;
  return true;
}

/** Baseline rounds are slots 0, 1, …, rounds of the run are −1, −2, …: the two never meet, however many there are. */
function slotsOf(before: readonly number[], after: readonly number[]): number[] {
  return [...before.map((_, index) => index), ...after.map((_, index) => -1 - index)];
}

/** Cases with equally many rounds on either side are permuted by whole rounds: then only their sum per round matters. */
function asUnit(members: Member[]): Unit {
  const first = members[0];
  if (first === undefined) return { members };
  const alike = members.every((each) => each.baseline === first.baseline && each.values.length === first.values.length);
  if (!alike) return { members };
  const values = first.values.map((_, index) => members.reduce((sum, each) => sum + (each.values[index] ?? 0), 0));
  return { members: [{ ...first, values }] };
}
