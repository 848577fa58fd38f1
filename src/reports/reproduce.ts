import type { EvalComparison } from '../vocabulary.js';
import { openChecks } from './mark.js';
import type { ReportInput } from './report.js';

const MOST_COMMANDS = 5;

/** What needs no quoting in any shell, and cannot be mistaken for a flag. */
const PLAIN = /^[A-Za-z0-9_./:@][A-Za-z0-9_./:@-]*$/;

/**
 * Commands that run the evals with an open check again. Paths and models come from files that anyone may have written: a name that a
 * shell could read as more than a word gives no command to copy.
 */
export function reproduce({ comparison, verdict }: Pick<ReportInput, 'comparison' | 'verdict'>): string[] {
  if (verdict.verdict === 'passed') return [];
  const open = comparison.evals.filter((evaluation) => openChecks(evaluation, verdict.checks).length > 0);
  return open.slice(0, MOST_COMMANDS).flatMap((evaluation) => commandFor(evaluation, comparison.run.mode));
}

/** A flag, with its value or without. */
const FLAG = /^--?[a-z][A-Za-z0-9_./:@=-]*$/;
/** What single quotes keep together in POSIX shells and PowerShell. */
const QUOTABLE = /^[^\p{Cc}']+$/u;

/** `assay eval` with these words, which the user typed; undefined where one cannot be quoted for every shell. */
export function commandOf(words: readonly string[]): string | undefined {
  if (!words.every((word) => QUOTABLE.test(word))) return undefined;
  const quoted = words.map((word) => (PLAIN.test(word) || FLAG.test(word) ? word : `'${word}'`));
  return ['npx assay eval', ...quoted].join(' ');
}

function commandFor({ prompt, model }: EvalComparison, mode: string): string[] {
  const words = [prompt.path, model];
  if (!words.every((word) => word.length < 200 && PLAIN.test(word))) return [];
  return [`npx assay eval ${prompt.path} --model ${model} --mode ${mode}`];
}
