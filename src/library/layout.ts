import { posix } from 'node:path';
import { problems as make } from '../errors.js';
import type { Place, Problem } from '../vocabulary.js';
import type { Report } from './findings.js';
import { badId, foldId } from './ids.js';
import { globFiles } from './load.js';
import type { Tree } from './tree.js';

/** A prompt and the files that belong to it by name. All paths are relative to the project root. */
export interface PromptFiles {
  id: string;
  path: string;
  /** The path without `.prompt.md`. */
  stem: string;
  /** Cases files in reading order: the prompt's own first, then its sets by name; for a variant those of its base. */
  cases: string[];
  /** The prompt whose cases a variant runs. */
  variantOf?: string;
  /** Its baseline, where there is one. */
  baseline?: string;
}

/** All files of the library by kind, and what is wrong with their names; each problem's place is the file. */
export interface Layout {
  prompts: PromptFiles[];
  problems: Problem[];
}

const FILE = /^(?<stem>[^]+)\.(?<kind>prompts?|cases?|baselines?)\.(?<ext>[A-Za-z]+)$/;
const KINDS: Readonly<
  Record<string, { kind: string; exts: readonly string[]; near: Readonly<Record<string, string>> }>
> = {
  prompt: { kind: 'prompt', exts: ['md'], near: { markdown: 'md', mdx: 'md', txt: 'md', yaml: 'md', yml: 'md' } },
  case: {
    kind: 'cases',
    exts: ['yaml', 'json', 'jsonl', 'csv'],
    near: { yml: 'yaml', ndjson: 'jsonl', jsonc: 'json', json5: 'json', tsv: 'csv' },
  },
  baseline: { kind: 'baseline', exts: ['json'], near: { jsonc: 'json' } },
};

/** Chains of prompts are not run yet; to pass over one would be to pass it. */
const CHAIN = /\.chain\.(?:ya?ml|json)$/;

/** Finds the prompts under the library folders and pairs them with their files by name. */
export function findFiles(tree: Tree, libraries: readonly string[], report: Report): Layout {
  const problems: Problem[] = [];
  const prompts = new Map<string, PromptFiles>();
  const cases: { path: string; stem: string }[] = [];
  const baselines: { path: string; stem: string }[] = [];
  for (const library of libraries) {
    const base = library === '.' ? '' : `${library.replace(/[\\*?[\]{}()!+@|]/g, '\\$&')}/`;
    const pattern = `${base}**/*.{prompt,prompts,case,cases,baseline,baselines,chain}.*`;
    for (const path of globFiles(tree, [pattern], report, undefined, ['**/_partials/**'])) {
      if (CHAIN.test(path)) {
        problems.push(make['chain-not-run'](path, start(path)));
        continue;
      }
      const file = classify(path, problems);
      if (file?.kind === 'prompt') {
        const stem = file.stem;
        const id = library === '.' ? stem : stem.slice(library.length + 1);
        if (!prompts.has(stem)) prompts.set(stem, { id, path, stem, cases: [] });
      } else if (file?.kind === 'cases') cases.push({ path, stem: file.stem });
      else if (file?.kind === 'baseline') baselines.push({ path, stem: file.stem });
    }
  }
  for (const { path, stem } of cases.toSorted(ownFirst)) {
    const owner = prefixes(stem).find((prefix) => prompts.has(prefix));
    const prompt = owner === undefined ? undefined : prompts.get(owner);
    if (!prompt) problems.push(make['cases-without-prompt'](posix.basename(stem), start(path)));
    else if (!prompt.cases.includes(path)) prompt.cases.push(path);
  }
  for (const { path, stem } of baselines) {
    const prompt = prompts.get(stem);
    if (prompt) prompt.baseline = path;
    else problems.push(make['baseline-without-prompt'](posix.basename(stem), start(path)));
  }
  const list = [...prompts.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const prompt of list) adoptCases(prompt, prompts);
  checkIds(list, problems);
  return { prompts: list, problems };
}

/** Tells a tree that these prompts, of the many it may have, are about to be read. */
export function expectPrompts(tree: Tree, prompts: readonly PromptFiles[]): void {
  if (!tree.expect) return;
  const own = prompts.flatMap(({ path, cases, baseline }) => [
    path,
    ...cases,
    ...(baseline === undefined ? [] : [baseline]),
  ]);
  tree.expect([...own, ...tree.glob(['**/_partials/**/*.md'])]);
}

function classify(path: string, problems: Problem[]): { kind: string; stem: string } | undefined {
  const { stem, kind = '', ext = '' } = FILE.exec(path)?.groups ?? {};
  const known = KINDS[kind.replace(/s$/, '')];
  if (stem === undefined || !known) return undefined;
  if (kind === known.kind && known.exts.includes(ext)) return { kind, stem };
  const near = known.exts.includes(ext) ? ext : known.near[ext.toLowerCase()];
  if (near) problems.push(make['misnamed-file'](path, `${posix.basename(stem)}.${known.kind}.${near}`, start(path)));
  return undefined;
}

/** Cases files of a name before those of its sets, and by path otherwise. */
function ownFirst(a: { path: string; stem: string }, b: { path: string; stem: string }): number {
  if (a.stem !== b.stem) return a.stem < b.stem ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}

/** The stems of the prompts that a stem can belong to, the nearest first: `a/triage.short.x`, `a/triage.short`, `a/triage`. */
export function prefixes(stem: string): string[] {
  const list = [stem];
  const folder = posix.dirname(stem);
  for (let name = posix.basename(stem); name.includes('.'); ) {
    name = name.slice(0, name.lastIndexOf('.'));
    if (name !== '') list.push(posix.join(folder, name));
  }
  return list;
}

/** A prompt without cases of its own is a variant of the nearest prompt that its name extends and that has some. */
function adoptCases(prompt: PromptFiles, prompts: ReadonlyMap<string, PromptFiles>): void {
  if (prompt.cases.length > 0) return;
  for (const prefix of prefixes(prompt.stem).slice(1)) {
    const base = prompts.get(prefix);
    if (!base || base.variantOf !== undefined || base.cases.length === 0) continue;
    prompt.variantOf = base.id;
    prompt.cases = base.cases;
    return;
  }
}

function checkIds(prompts: readonly PromptFiles[], problems: Problem[]): void {
  const seen = new Map<string, PromptFiles>();
  for (const prompt of prompts) {
    const why = badId(prompt.id);
    if (why) problems.push(make['bad-id'](prompt.id, why, start(prompt.path)));
    const key = foldId(prompt.id);
    const first = seen.get(key);
    if (first)
      problems.push(make['duplicate-id']('prompt', prompt.id, first.id, start(first.path), start(prompt.path)));
    else seen.set(key, prompt);
  }
}

function start(file: string): Place {
  return { file, line: 1, column: 1 };
}
