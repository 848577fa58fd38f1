import { detectableDrop, estimateDrop } from '../stats/drop.js';
import { baselineNeeded } from '../stats/guard.js';
import { foldPairs } from '../stats/reduce.js';
import { GUARD_SHARE, SUITE_SHARE } from '../stats/sequential.js';
import type { BaselineModel, GateSettings, Repeats } from '../vocabulary.js';
import { own } from './own.js';
import { plural, scoreText } from '../words.js';
import { foldOf } from './settings.js';

/**
 * What a baseline is too thin for, in words; undefined for one that has the repeats it should have and can prove a break of a single
 * case. It says which drop of `pass` a run of as many repeats could see.
 * @param repeats how often its cases are to be run
 */
export function thinness(accepted: BaselineModel, gate: GateSettings, repeats: Repeats): string | undefined {
  const cases = Object.values(accepted.cases).flatMap((each) => {
    const passes = own(each.scores, 'pass')?.repeats ?? [];
    return passes.length > 0 ? [passes] : [];
  });
  if (cases.length === 0) return undefined;
  const least = cases.reduce((fewest, passes) => Math.min(fewest, passes.length), Number.POSITIVE_INFINITY);
  const needed = baselineNeeded(cases.length, GUARD_SHARE * gate.alpha, gate.confirm) ?? Number.POSITIVE_INFINITY;
  const wanted = Math.max(repeats.max, Number.isFinite(needed) ? needed : repeats.max);
  if (least >= wanted) return undefined;
  const trials = { baseline: cases, run: cases };
  const fold = foldOf(gate);
  const estimate = estimateDrop(fold ? foldPairs(trials, fold) : trials);
  const drop = estimate && detectableDrop(estimate, SUITE_SHARE * gate.alpha);
  const sees =
    drop === undefined ? 'no drop of pass can be seen' : `a drop of pass below ${scoreText(drop)} goes unseen`;
  const guard = least < needed ? ', and a break of a single case cannot be proven' : '';
  return `thin: ${plural(least, 'repeat')} per case, where ${wanted} are wanted: ${sees}${guard}`;
}
