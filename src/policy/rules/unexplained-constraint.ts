import { problems } from '../../errors.js';
import type { PolicyFacts, PolicyRule } from '../rule.js';

/** Words that make a line of a template a constraint, where `policy.whys` names none. */
const WORDS = ['must', 'never', 'always', 'only', 'do not', "don't"];

/** Where `policy.whys` asks for it, a `why:` comment stands on the line of a constraint, before it or after it. */
export const unexplainedConstraint: PolicyRule = {
  code: 'unexplained-constraint',
  summary: 'a why: comment stands beside every constraint, where policy.whys asks for it',
  level: () => 'error',
  *check({ policy, prompts, template }) {
    const { whys } = policy;
    if (whys === undefined || whys === false) return;
    const pattern = anyWord(whys === true ? WORDS : whys);
    const files = new Set(prompts.flatMap(({ prompt }) => [prompt.path, ...prompt.partials]));
    for (const file of files) {
      for (const { word, line, column } of unexplained(template(file), pattern)) {
        yield problems['unexplained-constraint'](word, { file, line, column });
      }
    }
  },
};

function anyWord(words: readonly string[]): RegExp {
  const escaped = words.map((word) => word.trim().replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  const spaced = escaped.map((word) => word.replace(/\s+/g, String.raw`\s+`));
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${spaced.join('|')})(?![\p{L}\p{N}_])`, 'iu');
}

const COMMENT = /\{\{!([\s\S]*?)\}\}/g;

function* unexplained({ text, line: first }: ReturnType<PolicyFacts['template']>, pattern: RegExp) {
  const explained = new Set<number>();
  for (const { 0: comment, 1: said = '', index } of text.matchAll(COMMENT)) {
    if (!/^\s*why:/i.test(said)) continue;
    const from = lineOf(text, index);
    const to = lineOf(text, index + comment.length);
    for (let line = from - 1; line <= to + 1; line += 1) explained.add(line);
  }
  // Comments and tags are no words of the prompt; blanks in their place keep lines and columns.
  const said = text.replace(/\{\{[\s\S]*?\}\}/g, (tag) => tag.replace(/[^\n]/g, ' '));
  for (const [line, words] of said.split('\n').entries()) {
    const found = explained.has(line) ? undefined : pattern.exec(words);
    if (found) yield { word: found[0], line: first + line, column: found.index + 1 };
  }
}

/** Counted from 0. */
function lineOf(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
