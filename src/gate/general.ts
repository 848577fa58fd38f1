import type { Comparison, EvalComparison, GateCheck } from '../vocabulary.js';
import { plural } from './say.js';

/** What happened to a run beside its scores. */
export interface Circumstances {
  /** Not every planned trial was begun: time or budget was spent, or the run was interrupted. */
  incomplete?: boolean;
  interrupted?: 'SIGINT' | 'SIGTERM';
  /** Why it could not be told: budget spent, judge not fit, recordings missing. Each makes the run unverified. */
  reasons?: readonly string[];
  /** Why no rule is applied and nothing needs to have run: `--since` reaches nothing, a shard that `merge` will gate. */
  noGate?: string;
}

/** What leaves a whole run unverified: each becomes a check of rule `complete`, the weightiest first. */
export function general(comparison: Comparison, circumstances: Circumstances): GateCheck[] {
  const { interrupted, incomplete, reasons = [], noGate } = circumstances;
  const { trials } = comparison;
  const messages: string[] = [];
  const open = `${trials.planned - trials.completed - trials.errored} of ${plural(trials.planned, 'trial')} were not run`;
  if (interrupted) messages.push(`interrupted by ${interrupted}: ${open}`);
  messages.push(...reasons);
  if (incomplete && messages.length === 0) messages.push(`the run is incomplete: ${open}`);
  messages.push(...books(comparison));
  if (noGate === undefined) messages.push(...nothingToJudge(comparison));
  return messages.map((message) => ({ rule: 'complete', level: 'error', status: 'unverified', message }));
}

/** Every planned trial must be accounted for, in the run's sums and case by case: one that vanished may be the one that failed. */
function books({ trials, evals }: Comparison): string[] {
  const { planned, completed, errored, skipped } = trials;
  const found: string[] = [];
  const ended = completed + errored + skipped;
  if (planned !== ended) {
    const sum = `${completed} completed + ${errored} errored + ${skipped} skipped = ${ended}`;
    found.push(`the trials do not add up: ${planned} planned, but ${sum}`);
  }
  const inCases = evals.flatMap((each) => each.folded).reduce((sum, each) => sum + each.repeats.planned, 0);
  if (planned === ended && inCases !== planned) {
    found.push(`the trials do not add up: ${planned} planned, but the cases hold ${inCases}`);
  }
  return found;
}

function nothingToJudge({ trials, evals }: Comparison): string[] {
  if (evals.length === 0 || trials.planned === 0) return ['nothing was run: there is no trial to judge by'];
  if (trials.completed > 0) return [];
  const [commonest] = commonestTrouble(evals);
  const why = commonest ? `; most often ${commonest.kind} (${commonest.count}×): ${commonest.message}` : '';
  return [`none of ${plural(trials.planned, 'trial')} was answered${why}`];
}

function commonestTrouble(evals: readonly EvalComparison[]): EvalComparison['trouble'] {
  const kinds = new Map<string, EvalComparison['trouble'][number]>();
  for (const trouble of evals.flatMap((each) => each.trouble)) {
    const known = kinds.get(trouble.kind);
    kinds.set(trouble.kind, known ? { ...known, count: known.count + trouble.count } : trouble);
  }
  return [...kinds.values()].toSorted((a, b) => b.count - a.count);
}
