import { UserError } from '../errors.js';
import { graderOf } from '../score/grader.js';
import type { Assertion, Case, Problem, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import type { EngineParts } from './engine.js';
import type { EvaluateOptions } from './options.js';
import { checkModels, type Session } from './session.js';

/**
 * What the run lacks to score its cases is said before anything is called: a judge, an optional package, the key of a model that
 * only an assertion names.
 */
export async function checkCases(
  session: Session,
  { scorer }: EngineParts,
  options: EvaluateOptions,
  world: World,
): Promise<void> {
  const { evals, assertions } = session;
  const found = new Map<string, Problem>();
  const graders = new Set<string>();
  const prompts = new Map(evals.map(({ prompt }) => [prompt.id, prompt]));
  for (const prompt of prompts.values()) {
    for await (const { testCase, assert } of assertionsOf(prompt, session)) {
      for (const problem of scorer.lacks({ ...testCase, assert }, prompt)) found.set(JSON.stringify(problem), problem);
      for (const each of assert) {
        const grader = graderOf(each, { assertions });
        if (grader) graders.add(grader.model);
      }
    }
  }
  const problems = [...found.values(), ...(await checkModels([...graders], session, options, world))];
  if (problems.length > 0) throw new UserError(problems);
}

/** The assertions of a prompt, each with the first case that has it: the cases of a file share most, as objects. */
async function* assertionsOf(
  prompt: Prompt,
  { library, includes }: Session,
): AsyncGenerator<{ testCase: Case; assert: Assertion[] }> {
  const known = new WeakSet<object>();
  for await (const piece of library.cases(prompt)) {
    for (const testCase of piece) {
      if (known.has(testCase.assert) || !includes(prompt.id, testCase)) continue;
      known.add(testCase.assert);
      const assert = testCase.assert.filter((each) => !known.has(each));
      for (const each of assert) known.add(each);
      if (assert.length > 0) yield { testCase, assert };
    }
  }
}
