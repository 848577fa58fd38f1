import picomatch from 'picomatch';
import { problems, UserError } from '../errors.js';
import { costOfGlob } from '../patterns/glob-cost.js';
import type { Case } from '../vocabulary.js';

/** Decides whether a case of a prompt takes part. */
export type Filter = (prompt: string, testCase: Pick<Case, 'id' | 'tags'>) => boolean;

/**
 * Builds the filter of `--filter`: `tag:x` keeps cases with that tag; anything else is a glob over `<prompt id>/<case id>`, where a
 * glob that matches the prompt id keeps all its cases. Several patterns: any of them. An empty one matches nothing.
 * @throws UserError `costly-glob`
 */
export function caseFilter(patterns: readonly string[]): Filter {
  if (patterns.length === 0) return () => true;
  const tags = new Set(patterns.filter((each) => each.startsWith('tag:')).map((each) => each.slice('tag:'.length)));
  const written = patterns.filter((each) => each !== '' && !each.startsWith('tag:'));
  const costly = written.flatMap((each) => {
    const why = costOfGlob(each);
    return why === undefined ? [] : [problems['costly-glob'](each, why)];
  });
  if (costly.length > 0) throw new UserError(costly);
  const globs = written.map((each) => picomatch(each, { dot: true }));
  return (prompt, testCase) =>
    testCase.tags.some((tag) => tags.has(tag)) ||
    globs.some((matches) => matches(prompt) || matches(`${prompt}/${testCase.id}`));
}
