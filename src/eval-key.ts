import { grouped, madeOnce } from './lists.js';
import type { TrialId } from './vocabulary.js';

/** What is of one eval: the eval itself, its run, its comparison. */
interface OfEval {
  readonly prompt: { readonly id: string };
  readonly model: string | { readonly model: string };
}

/** Names an eval in maps. The length keeps apart what a space in either name would not. */
export function evalKey(prompt: string, model: string): string {
  return `${prompt.length} ${prompt} ${model}`;
}

/** The `evalKey` of what is of an eval. */
export function keyOf({ prompt, model }: OfEval): string {
  return evalKey(prompt.id, typeof model === 'string' ? model : model.model);
}

/** Names a trial in maps. */
export function trialKey({ prompt, model, case: id, repeat }: TrialId): string {
  return JSON.stringify([prompt, model, id, repeat]);
}

/** Where the members of a list stand: by their eval the first, by their prompt all. */
const indexOf = madeOnce((list: readonly OfEval[]) => {
  const evals = new Map<string, number>();
  for (const [at, each] of list.entries()) {
    const key = keyOf(each);
    if (!evals.has(key)) evals.set(key, at);
  }
  return { evals, prompts: grouped(list.keys(), (at) => list[at]?.prompt.id) };
});

/** Which member of a list, as of `madeOnce`, is of this eval; undefined where none is. */
export function placeIn(list: readonly OfEval[], prompt: string, model: string): number | undefined {
  return indexOf(list).evals.get(evalKey(prompt, model));
}

/** The member of a list that is of this eval. */
export function evalIn<T extends OfEval>(list: readonly T[], prompt: string, model: string): T | undefined {
  return list[placeIn(list, prompt, model) ?? -1];
}

/** The members of a list that are of this prompt, in order. */
export function evalsOfPrompt<T extends OfEval>(list: readonly T[], prompt: string): T[] {
  return (indexOf(list).prompts.get(prompt) ?? []).flatMap((at) => list[at] ?? []);
}
