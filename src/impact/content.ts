import { createHash, type Hash } from 'node:crypto';
import { UserError } from '../errors.js';
import { contentHash } from '../hash.js';
import { splitFrontMatter } from '../library/front-matter.js';
import { loadText } from '../library/load.js';
import { loadSource } from '../library/load-source.js';
import { isObject } from '../objects.js';
import { type Token, tokenize } from '../library/template-tokens.js';
import type { Tree } from '../library/tree.js';
import { readYamlQuickly } from '../library/quick-yaml.js';
import type { Json, JsonObject } from '../vocabulary.js';

const silent = (): void => {};

/** What a template file holds itself: its front matter, its tokens (none when it cannot be read), the partials it names. */
export interface TemplateFile {
  matter: JsonObject;
  tokens: readonly Token[];
  includes: readonly string[];
}

/** Reads a prompt or a partial, which has no front matter. What is wrong with it is discovery's to tell. */
export function readTemplateFile(tree: Tree, path: string): TemplateFile {
  const text = loadText(tree, path, silent) ?? '';
  const halves = path.endsWith('.prompt.md') ? splitFrontMatter(text, path) : { body: { text, lineOffset: 0 } };
  if ('problem' in halves) return { matter: {}, tokens: [], includes: [] };
  const yaml = 'yaml' in halves && halves.yaml ? readYamlQuickly(halves.yaml.text, { file: path }) : undefined;
  const matter = yaml && 'source' in yaml && isObject(yaml.source.value) ? yaml.source.value : {};
  const read = tokenize({ file: path, text: halves.body.text.replace(/\r\n?/g, '\n'), lineOffset: 0, indent: '' });
  const tokens = read.ok ? read.tokens : [];
  return { matter, tokens, includes: [...new Set(namesOf(tokens))] };
}

function namesOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => {
    if (token.kind === 'partial') return [token.name];
    return 'tokens' in token ? namesOf(token.tokens) : [];
  });
}

/** A file's value, whatever its kind of data; null for one that cannot be read or is empty. */
export function readValue(tree: Tree, path: string): Json {
  return loadSource(tree, path, silent)?.value ?? null;
}

/** A hash of each part of a file that something depends on: equal where it says the same. A file that is not there has no parts. */
export type Parts = Readonly<Record<string, string>>;

const MATTER = ['parameters', 'output', 'structured', 'tools', 'models', 'repeats', 'gate'];

/** `body` and the keys of the front matter. Comments are no part of anything. */
export function partsOfTemplate(tree: Tree, path: string): Parts {
  if (!tree.has(path)) return {};
  const { matter, tokens } = readTemplateFile(tree, path);
  const keys = MATTER.map((key): [string, string] => [key, contentHash(matter[key] ?? null)]);
  return Object.fromEntries([['body', contentHash(plain(tokens))], ...keys]);
}

/** `cases`: of YAML and JSON what it says, of any other file the text. */
export async function partsOfData(tree: Tree, path: string): Promise<Parts> {
  if (!tree.has(path)) return {};
  const data = /\.(?:yaml|json)$/.test(path);
  return { cases: data ? contentHash(readValue(tree, path)) : ((await textHash(tree, path)) ?? '') };
}

/** A hash of a file's lines, or, of one that is no text, such as a program, of its bytes; null where there is none to be read. */
export async function textHash(tree: Tree, path: string): Promise<string | null> {
  const ofLines = async (hash: Hash): Promise<void> => {
    for await (const lines of tree.lines(path)) hash.update(lines.join('\n')).update('\n');
  };
  const ofBytes = async (hash: Hash): Promise<void> => {
    for await (const bytes of tree.bytes(path)) hash.update(bytes);
  };
  return (await hashBy(ofLines)) ?? (await hashBy(ofBytes));
}

async function hashBy(read: (hash: Hash) => Promise<void>): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await read(hash);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
  return hash.digest('hex').slice(0, 12);
}

/** Tokens without comments and places; texts that a comment divided are one. */
function plain(tokens: readonly Token[]): Json[] {
  const list: Json[] = [];
  for (const token of tokens) {
    const last = list.at(-1);
    if (token.kind === 'comment') continue;
    if (token.kind === 'text' && typeof last === 'string') list[list.length - 1] = last + token.text;
    else if (token.kind === 'text') list.push(token.text);
    else if ('tokens' in token) list.push({ [token.kind]: token.name, tokens: plain(token.tokens) });
    else list.push({ [token.kind]: token.name });
  }
  return list;
}
