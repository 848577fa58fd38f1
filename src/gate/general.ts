import type { Interruption } from '../exit-codes.js';
import type { Comparison, EvalComparison, GateCheck, Level } from '../vocabulary.js';
import { countText, plural } from '../words.js';
import { byWeight } from './usage.js';

/** What happened to a run beside its scores. */
export interface Circumstances {
  /** Not every planned trial was begun: time or budget was spent, or the run was interrupted. */
  incomplete?: boolean;
  interrupted?: Interruption;
  /** Why it could not be told: budget spent, judge not fit, recordings missing. Each makes the run unverified. */
  reasons?: readonly string[];
  /** Why no rule is applied and nothing needs to have run: `--since` reaches nothing, a shard that `merge` will gate. */
  noGate?: string;
}

/**
 * What leaves a whole run unverified: each becomes a check of rule `complete`, the weightiest first. Where nothing is gated, trouble
 * is told and decides nothing: whoever gates later decides about it.
 */
export function general(comparison: Comparison, circumstances: Circumstances): GateCheck[] {
  const { interrupted, incomplete, reasons = [], noGate } = circumstances;
  const { trials } = comparison;
  const left = trials.planned - trials.completed - trials.errored;
  const open = `${countText(left)} of ${plural(trials.planned, 'trial')} ${left === 1 ? 'was' : 'were'} not run`;
  const trouble = [...reasons];
  if (incomplete && !interrupted && reasons.length === 0) trouble.push(`the run is incomplete: ${open}`);
  if (noGate !== undefined) trouble.push(...errors(comparison));
  return [
    ...(interrupted ? [check(`interrupted by ${interrupted}: ${open}`)] : []),
    ...trouble.map((message) => check(message, noGate === undefined ? 'error' : 'warn')),
    ...books(comparison).map((message) => check(message)),
    ...(noGate === undefined ? nothingToJudge(comparison).map((message) => check(message)) : []),
  ];
}

function check(message: string, level: Level = 'error'): GateCheck {
  return { rule: 'complete', level, status: 'unverified', message };
}

/** Trials without an answer: told here where no rule looks at them. */
function errors({ trials, evals }: Comparison): string[] {
  const count = trials.errored === 1 ? '1 trial was' : `${trials.errored} trials were`;
  return trials.errored === 0 ? [] : [`${count} not answered${mostOften(evals)}`];
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
  let inCases = 0;
  for (const { folded } of evals) for (const each of folded) inCases += each.repeats.planned;
  if (planned === ended && inCases !== planned) {
    found.push(`the trials do not add up: ${planned} planned, but the cases hold ${inCases}`);
  }
  return found;
}

function nothingToJudge({ trials, evals }: Comparison): string[] {
  if (evals.length === 0 || trials.planned === 0) return ['nothing was run: there is no trial to judge by'];
  if (trials.completed > 0) return [];
  return [`none of ${plural(trials.planned, 'trial')} was answered${mostOften(evals)}`];
}

function mostOften(evals: readonly EvalComparison[]): string {
  const [commonest] = commonestTrouble(evals);
  return commonest ? `; most often ${commonest.kind} (${commonest.count}×): ${commonest.message}` : '';
}

function commonestTrouble(evals: readonly EvalComparison[]): EvalComparison['trouble'] {
  const kinds = new Map<string, EvalComparison['trouble'][number]>();
  for (const trouble of evals.flatMap((each) => each.trouble)) {
    const known = kinds.get(trouble.kind);
    kinds.set(trouble.kind, known ? { ...known, count: known.count + trouble.count } : trouble);
  }
  return [...kinds.values()].toSorted(byWeight);
}
