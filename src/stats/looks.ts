/**
 * After how many rounds the data is looked at: min, 2 · min, 4 · min, … and max.
 * @param min rounds before the first look, at least 1
 * @param max rounds at most; a fixed number of repeats is min = max: one look
 */
export function lookSchedule(min: number, max: number): number[] {
  const looks: number[] = [];
  for (let rounds = Math.max(1, min); rounds < max; rounds *= 2) looks.push(rounds);
  return [...looks, Math.max(1, max)];
}

/**
 * The share of alpha that each of `looks` looks may spend: w_k = 2k / (L (L + 1)), more for later looks, 1 in all (alpha spending:
 * Lan & DeMets 1983, Biometrika 70; Jennison & Turnbull 2000, chapter 7).
 */
export function spendingWeights(looks: number): number[] {
  return Array.from({ length: looks }, (_, index) => (2 * (index + 1)) / (looks * (looks + 1)));
}

/**
 * One p for several looks at the same growing data: min(1, min p_k / w_k). By Bonferroni's inequality the chance that it ever
 * falls to a or below is at most a, whenever one stops. It never rises with more looks.
 * @param ps one p per look made so far, the first look first
 * @param looks how many looks are planned
 */
export function combineLooks(ps: readonly number[], looks: number): number {
  const weights = spendingWeights(looks);
  return ps.reduce((least, p, index) => Math.min(least, p / (weights[index] ?? 0)), 1);
}

/**
 * The looks that so many complete rounds allow. Where no more rounds will come, the rounds since the last look get one, too, in
 * the place of the look that was planned next: there are never more looks than planned.
 */
export function looksMade(schedule: readonly number[], rounds: number, final: boolean): number[] {
  const made = schedule.filter((look) => look <= rounds);
  const left = final && rounds > (made.at(-1) ?? 0) && made.length < schedule.length;
  return left ? [...made, rounds] : made;
}
