import type { Score, ScoreDetail, TrialResult } from '../vocabulary.js';

/** Something that kept a case from passing: which assertion or what trouble, and why. */
export interface Finding {
  kind: 'failed' | 'unscored' | 'errored' | 'skipped';
  /** The assertion with its metric, or the kind of trouble. */
  what: string;
  why: string;
  detail?: ScoreDetail;
  /** The model's answer it is about. */
  output?: string;
  /** In how many repeats it was found alike, of how many. */
  repeats: { found: number; of: number };
}

/**
 * All that kept a case from passing, over its repeats, checks that failed first: what could not be told explains no failure. Alike
 * findings are told once, with how often they occurred.
 */
export function findingsOf(trials: readonly TrialResult[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const finding of trials.flatMap(inTrial)) {
    const key = JSON.stringify([finding.kind, finding.what, finding.why]);
    const known = found.get(key);
    if (known) known.repeats.found += 1;
    else found.set(key, { ...finding, repeats: { found: 1, of: trials.length } });
  }
  return [...found.values()].toSorted((a, b) => Number(b.kind === 'failed') - Number(a.kind === 'failed'));
}

type InTrial = Omit<Finding, 'repeats'>;

function inTrial(trial: TrialResult): InTrial[] {
  if (trial.status === 'errored') return [{ kind: 'errored', what: trial.failure.kind, why: trial.failure.message }];
  if (trial.status === 'skipped') return [{ kind: 'skipped', what: 'skipped', why: trial.reason }];
  const broken = trial.scores.filter((score) => score.status === 'unscored' || !score.pass);
  // What informs only is worth a word where nothing else explains the failure.
  const decisive = broken.filter((score) => score.level === 'error');
  const told = decisive.length > 0 || trial.pass === true ? decisive : broken;
  return told.map((score) => ofScore(score, trial.completion.output));
}

function ofScore(score: Score, output: string): InTrial {
  const what = score.metric === score.type ? score.type : `${score.type} (${score.metric})`;
  if (score.status === 'unscored') return { kind: 'unscored', what, why: score.reason, output };
  return { kind: 'failed', what, why: score.reason, output, ...(score.detail && { detail: score.detail }) };
}

/** A finding in one sentence. */
export function sentence({ kind, what, why, repeats }: Finding): string {
  const often = repeats.of > 1 ? ` (${repeats.found} of ${repeats.of} repeats)` : '';
  return `${what}${kind === 'unscored' ? ' could not be scored' : ''}: ${why}${often}`;
}
