import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AssertionDefinition } from '../../src/assertions/assertion.js';
import { UserError } from '../../src/errors.js';
import { type DiscoverOptions, discover } from '../../src/library/discover.js';
import { folderTree } from '../../src/library/folder-tree.js';
import type { Tree } from '../../src/library/tree.js';
import type { ProviderDefinition } from '../../src/providers/provider.js';
import type { Case, Library, Problem } from '../../src/vocabulary.js';
import { oneByOne } from '../../src/lists.js';

/** A project in a temporary folder. Lines of a text given as a list are joined by LF. */
export function project(files: Record<string, string | readonly string[]>): string {
  const root = mkdtempSync(join(tmpdir(), 'assay-library-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof text === 'string' ? text : `${text.join('\n')}\n`);
  }
  return root;
}

const never = (): never => {
  throw new Error('discovery scores nothing');
};

function assertion(type: string, rest: Partial<AssertionDefinition>): AssertionDefinition {
  return { type, summary: type, value: true, needs: 'expected', prepare: never, ...rest };
}

/** Definitions of assertions made for these tests, with one of each kind of need. */
export const assertions: ReadonlyMap<string, AssertionDefinition> = new Map(
  [
    assertion('equals', {}),
    assertion('contains', {
      value: { type: 'string' },
      check: ({ value }) => (value === '' ? [{ message: 'every text contains ""', remedy: 'Give a text.' }] : []),
    }),
    assertion('regex', {
      value: { type: 'string' },
      needs: 'required',
      options: { type: 'object', additionalProperties: false, properties: { flags: { type: 'string' } } },
    }),
    assertion('is-json', { needs: 'optional' }),
    assertion('json-schema', {
      value: { type: ['object', 'boolean'] },
      needs: 'optional',
      check: ({ value, output }) =>
        value === undefined && !output ? [{ message: 'no schema', remedy: 'Give one.' }] : [],
    }),
    assertion('judge', {
      aliases: ['llm-rubric'],
      value: { type: 'string' },
      needs: 'required',
      threshold: { default: 0.5, minimum: 0, maximum: 1 },
    }),
    assertion('cost', { needs: 'none', threshold: { minimum: 0, required: true } }),
    assertion('javascript', { needs: 'required', runsCode: true }),
  ].map((each) => [each.type, each]),
);

function provider(type: string, rest: Partial<ProviderDefinition> = {}): ProviderDefinition {
  return { type, calls: 'network', settings: { type: 'object' }, keys: () => [], create: never, ...rest };
}

/** Definitions of providers made for these tests. */
export const providers: ReadonlyMap<string, ProviderDefinition> = new Map(
  [
    provider('openai', {
      settings: {
        type: 'object',
        additionalProperties: false,
        properties: { baseURL: { type: 'string' }, apiKeyEnv: { type: 'string' } },
      },
    }),
    provider('mock', { calls: 'none' }),
    provider('exec', { calls: 'code' }),
    provider('outputs', {
      calls: 'none',
      settings: { type: 'object', required: ['path'], properties: { path: { type: 'string' } } },
    }),
  ].map((each) => [each.type, each]),
);

const toRegExp = (pattern: string): RegExp => {
  const source = pattern
    .replace(/[.]/g, '\\.')
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '(?:.*/)?');
  return new RegExp(`^${source.replace(/\{(.*?)\}/g, (_, list: string) => `(?:${list.replaceAll(',', '|')})`)}$`);
};

/** A tree without a file system: for names that not every one can hold. Knows the patterns that discovery uses. */
export function memoryTree(files: Readonly<Record<string, string>>): Tree {
  const read = (path: string): string => files[path] ?? never();
  return {
    name: 'memory',
    glob: (patterns) =>
      Object.keys(files)
        .filter((path) => patterns.some((each) => toRegExp(each).test(path)))
        .toSorted(),
    has: (path) => path in files,
    read,
    async *lines(path) {
      yield read(path).split('\n');
    },
    async *bytes(path) {
      yield Buffer.from(read(path));
    },
  };
}

/** Discovers a project with the definitions of these tests. */
export function find(root: string | Tree, options: Partial<DiscoverOptions> = {}): Promise<Library> {
  const tree = typeof root === 'string' ? folderTree(root) : root;
  return discover(tree, { assertions, providers, today: '2026-11-22', ...options });
}

/** The problems of a project; fails where there are none. */
export async function problemsOf(
  root: string | Tree,
  options: Partial<DiscoverOptions> = {},
): Promise<readonly Problem[]> {
  try {
    await find(root, options);
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    throw error;
  }
  throw new Error('no problem was found');
}

/** Problems as a user sees them. */
export function screen(problems: readonly Problem[]): string {
  const lines = problems.map(({ code, message, place, remedy }) => {
    const where = place ? `${place.file}:${place.line}:${place.column}: ` : '';
    return `${where}${message} [${code}]\n    ${remedy}`;
  });
  return `${lines.join('\n')}\n`;
}

/** All cases of a prompt. */
export async function casesOf(library: Library, id: string): Promise<Case[]> {
  const prompt = library.prompts.find((each) => each.id === id);
  if (!prompt) throw new Error(`no prompt ${id}`);
  const list: Case[] = [];
  for await (const one of oneByOne(library.cases(prompt))) list.push(one);
  return list;
}

/** The smallest prompt that works, with what a test adds. */
export const PROMPT = ['---', 'models: [mock:echo]', '---', '{{ticket}}'] as const;
/** Cases that fit it. */
export const CASES = [
  'cases:',
  '  - id: one',
  '    vars: { ticket: hi }',
  '    assert: [{ type: equals, value: hi }]',
] as const;
