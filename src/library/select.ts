import { posix } from 'node:path';
import { problems as make } from '../errors.js';
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
  for (const given of paths) {
    const path = clean(given);
    // A name may hold what elsewhere is a pattern.
    const names = /[*?[\]{}]/.test(path) && byPath(layout, path).length === 0 ? expand(path) : [path];
    let found = false;
    for (const name of names) {
      const prompts = byPath(layout, name);
      for (const prompt of prompts.length > 0
        ? prompts
        : layout.prompts.filter((each) => servants(each).includes(name))) {
        chosen.add(prompt);
        found = true;
      }
      for (const problem of layout.problems) {
        if (!isBelow(problem.place?.file ?? '', name)) continue;
        problems.add(problem);
        found = true;
      }
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

function byPath({ prompts }: Layout, path: string): PromptFiles[] {
  return prompts.filter(
    (prompt) =>
      isBelow(prompt.path, path) || prompt.id === path || prompt.cases.includes(path) || prompt.baseline === path,
  );
}

function isBelow(file: string, path: string): boolean {
  return path === '.' || file === path || file.startsWith(`${path}/`);
}
