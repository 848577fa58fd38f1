import { problems } from '../../errors.js';
import { constraintPattern, linesBeside, reasonsIn } from '../../reasons.js';
import type { PolicyFacts, PolicyRule } from '../rule.js';

/** Where `policy.whys` asks for it, a `why:` comment stands on the line of a constraint, before it or after it. */
export const unexplainedConstraint: PolicyRule = {
  code: 'unexplained-constraint',
  summary: 'a why: comment stands beside every constraint, where policy.whys asks for it',
  help: 'Put {{! why: … }} on the line before: no model sees it, and nobody takes the constraint out unknowingly.',
  level: () => 'error',
  *check({ policy, prompts, template }) {
    const { whys } = policy;
    if (whys === undefined || whys === false) return;
    const pattern = constraintPattern(whys);
    const files = new Set(prompts.flatMap(({ prompt }) => [prompt.path, ...prompt.partials]));
    for (const file of files) {
      for (const { word, line, column } of unexplained(template(file), pattern)) {
        yield problems['unexplained-constraint'](word, { file, line, column });
      }
    }
  },
};

function* unexplained({ text, line: first }: ReturnType<PolicyFacts['template']>, pattern: RegExp) {
  const { reasons, words } = reasonsIn(text);
  const explained = new Set<number>();
  for (const each of reasons) for (const line of linesBeside(each)) explained.add(line);
  for (const [line, said] of words.entries()) {
    const found = explained.has(line) ? undefined : pattern.exec(said);
    if (found) yield { word: found[0], line: first + line, column: found.index + 1 };
  }
}
