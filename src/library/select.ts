import { posix } from 'node:path';
import { problems as make } from '../errors.js';
import { filed } from '../lists.js';
import type { Problem } from '../vocabulary.js';
import type { Report } from './findings.js';
import type { Layout, PromptFiles } from './layout.js';
import { nearestPath } from './nearest.js';

/** What a selection by paths leaves. */
export interface Selection {
  prompts: PromptFiles[];
  /** Problems of file names that lie where was looked. */
  problems: Problem[];
}

/**
 * The prompts that paths name: a prompt by its file or id, all below a folder, those that run a cases file, have a baseline,
 * include a partial or read a data file. A path that names none is reported.
 * @param expand files that match a glob pattern
 * @param servants partials and data files of a prompt; asked only where a path is none of the rest
 */
export function select(
  layout: Layout,
  paths: readonly string[] | undefined,
  expand: (pattern: string) => readonly string[],
  servants: (prompt: PromptFiles) => readonly string[],
  report: Report,
): Selection {
  if (!paths || paths.length === 0) return layout;
  const chosen = new Set<PromptFiles>();
  const problems = new Set<Problem>();
  const named = filed(layout.prompts, (prompt) => [
    ...pathsTo(prompt.path),
    prompt.id,
    ...prompt.cases,
    ...(prompt.baseline === undefined ? [] : [prompt.baseline]),
  ]);
  const wrong = filed(layout.problems, ({ place }) => pathsTo(place?.file ?? ''));
  let served: ReadonlyMap<string, PromptFiles[]> | undefined;
  for (const given of paths) {
    const path = clean(given);
    // A name may hold what elsewhere is a pattern.
    const names = /[*?[\]{}]/.test(path) && !named.has(path) ? expand(path) : [path];
    let found = false;
    for (const name of names) {
      // Servants are not looked for, which takes reading prompts, before a name asks for one.
      const prompts = named.get(name) ?? (served ??= filed(layout.prompts, servants)).get(name) ?? [];
      for (const prompt of prompts) chosen.add(prompt);
      for (const problem of wrong.get(name) ?? []) problems.add(problem);
      found ||= prompts.length > 0 || wrong.has(name);
    }
    if (!found) {
      report(make['unknown-path'](given, nearestPath(given, layout.prompts)));
    }
  }
  return { prompts: layout.prompts.filter((prompt) => chosen.has(prompt)), problems: [...problems] };
}

function clean(path: string): string {
  return posix.normalize(path.replaceAll('\\', '/')).replace(/(?<=.)\/$/, '');
}

/** A file, all folders above it, and the root. */
export function pathsTo(file: string): string[] {
  const paths = ['.', file];
  for (let at = file.indexOf('/'); at >= 0; at = file.indexOf('/', at + 1)) paths.push(file.slice(0, at));
  return paths;
}
