import { covering } from '../library/covering.js';
import type { Prompt } from '../vocabulary.js';
import { type Cause, Causes } from './causes.js';
import { differences, factsOf } from './facts.js';
import type { Side } from './side.js';

/** A prompt that a change reaches, with at least one cause. */
export interface Affected {
  prompt: Prompt;
  causes: Cause[];
}

/**
 * The prompts whose evals a change can alter: those whose version, cases, models, their providers or prices, repeats, gate or judge
 * differ. Comments, owner, tags, reasons and the changelog reach none.
 * @param before absent when the library could not be read as it was: then all of `among` are affected
 * @param among prompts of `after` to look at
 * @param files all files that may differ between the two, or folders with such, where that is known: others need not be compared
 */
export async function affectedBy(
  before: Side | undefined,
  after: Side,
  among: readonly Prompt[] = after.library.prompts,
  files?: readonly string[],
): Promise<Affected[]> {
  const known = new Map(before?.library.prompts.map((prompt) => [prompt.id, prompt]));
  const causes = before && new Causes(before, after, files && covering(files));
  const found: Affected[] = [];
  for (const prompt of among) {
    const was = known.get(prompt.id);
    if (!before || !causes || !was) {
      found.push({ prompt, causes: [{ change: before ? 'new' : 'unknown', path: [prompt.path] }] });
      continue;
    }
    const facts = { before: await factsOf(was, before), after: await factsOf(prompt, after) };
    if (differences(facts.before, facts.after).length === 0) continue;
    found.push({ prompt, causes: await causes.of(was, prompt, facts) });
  }
  return found;
}

/** The way that tells most about why a prompt is affected: that of its first cause. */
export function whyOf({ causes }: Affected): string[] {
  return causes[0]?.path ?? [];
}
