import { existsSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import { fileProblems } from '../errors/files.js';
import { promptProblems } from '../errors/prompts.js';
import { UserError } from '../errors/user-error.js';
import { valueProblems } from '../errors/values.js';
import { canonicalMessages, partsOf } from '../library/canonical.js';
import { folderTree } from '../library/folder-tree.js';
import { splitFrontMatter } from '../library/front-matter.js';
import { globFiles } from '../library/load.js';
import { partialFinder } from '../library/partials.js';
import { readSimple } from '../library/simple-yaml.js';
import { isObject } from '../objects.js';
import { parseTemplate } from '../library/template.js';
import type { Tree } from '../library/tree.js';
import { versionContent } from '../library/version-content.js';
import { gitRootOf } from '../trust/paths.js';
import type { Json, JsonObject, Parameters, Problem, Tool } from '../vocabulary.js';
import { contentHash } from './content-hash.js';
import { PromptError, type Source } from './loaded.js';

const CONFIG = 'assay.config.yaml';

/**
 * Reads a prompt from the files of its project. Only what a model can see and its variables are looked at; the rest of a file was
 * checked when it was evaluated.
 * @throws PromptError with everything that is wrong in it
 */
export async function fromFiles(id: string, root: string | undefined): Promise<Source> {
  try {
    const folder = root === undefined ? nearestProject(process.cwd()) : resolve(root);
    const tree = folderTree(folder);
    const config = await readConfig(tree);
    return await readPrompt(tree, find(tree, config, id, folder), config);
  } catch (error) {
    if (error instanceof UserError) throw new PromptError(error.problems);
    // What is wrong with a file in it was told above.
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    throw new PromptError([fileProblems['bad-root'](resolve(root ?? '.'), String(error.code))]);
  }
}

/** The nearest folder upward with a config, not beyond the git repository; else the folder itself. */
function nearestProject(cwd: string): string {
  const last = gitRootOf(cwd);
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(resolve(folder, CONFIG))) return folder;
    if (folder === last || folder === dirname(folder)) return cwd;
  }
}

/** What of the config decides about a prompt's text. */
interface Settings {
  library: string[];
  overrides: JsonObject[];
}

async function readConfig(tree: Tree): Promise<Settings> {
  const text = readIfThere(tree, CONFIG) ?? '';
  // Most say neither, and taking one apart is much of the time that loading takes. An escape could hide the words.
  const config = /library|overrides|\\/.test(text.replaceAll(/^[ \t]*#.*$/gm, ''))
    ? await readData(text, CONFIG, 0)
    : {};
  const { library = ['evals'], overrides = [] } = config;
  return {
    library: listOf(library).filter((each) => typeof each === 'string'),
    overrides: listOf(overrides).filter(isObject),
  };
}

/** Reads YAML; the parsers, which take long to load, only where they are needed. */
async function readData(text: string, file: string, lineOffset: number): Promise<JsonObject> {
  const { value } = readSimple(text) ?? (await parse(text, file, lineOffset));
  return isObject(value) ? value : {};
}

async function parse(text: string, file: string, lineOffset: number): Promise<{ value: Json }> {
  const { readPlain } = await import('../library/plain-yaml.js');
  const plain = readPlain(text);
  if (plain) return plain;
  const { readYaml } = await import('../library/yaml.js');
  const read = readYaml(text, { file, lineOffset });
  if ('problems' in read) throw new UserError(read.problems);
  return read.source;
}

function listOf(value: Json): Json[] {
  return Array.isArray(value) ? value : [];
}

/** To read without a look before whether it is there saves what that look takes to load. */
function readIfThere(tree: Tree, path: string): string | undefined {
  try {
    return tree.read(path);
  } catch (error) {
    if (error instanceof UserError && error.problems.every(({ code }) => code === 'no-such-file')) return undefined;
    throw error;
  }
}

/** The file of a prompt. */
interface Found {
  path: string;
  text: string;
}

function find(tree: Tree, { library }: Settings, id: string, root: string): Found {
  const sound = id !== '' && !id.split('/').some((part) => part === '' || part === '.' || part === '..');
  for (const folder of sound ? library : []) {
    const path = posix.join(folder, `${id}.prompt.md`);
    const text = readIfThere(tree, path);
    if (text !== undefined) return { path, text };
  }
  const where = `${library.join(' or ')} of ${root}`;
  throw new UserError([promptProblems['unknown-prompt'](id, where, namesake(tree, library, id))]);
}

/** A prompt in another folder, with the same last part. None is told where the application was bundled without fast-glob. */
function namesake(tree: Tree, library: readonly string[], id: string): string | undefined {
  const name = id.slice(id.lastIndexOf('/') + 1);
  if (!/^[\w.-]+$/.test(name)) return undefined;
  for (const folder of library) {
    const [found] = globFiles(tree, [posix.join(folder, `**/${name}.prompt.md`)], () => {});
    if (found !== undefined) return found.slice(folder === '.' ? 0 : folder.length + 1, -'.prompt.md'.length);
  }
  return undefined;
}

async function readPrompt(tree: Tree, { path, text }: Found, { overrides }: Settings): Promise<Source> {
  const halves = splitFrontMatter(text, path);
  if ('problem' in halves) throw new UserError([halves.problem]);
  const { yaml, body } = halves;
  const matter = yaml ? await readData(yaml.text, path, yaml.lineOffset) : {};
  const problems: Problem[] = [];
  const report = (problem: Problem): void => void problems.push(problem);
  const template = parseTemplate(body.text, { file: path, lineOffset: body.lineOffset }, partialFinder(tree, report));
  problems.push(...template.problems);
  const layers = [...(await overridesOf(tree, path, overrides)), matter];
  const object = (name: string): JsonObject | undefined => {
    const value = matter[name];
    if (value === undefined || isObject(value)) return value;
    const found = Array.isArray(value) ? 'a list' : JSON.stringify(value);
    problems.push(valueProblems['wrong-type'](name, 'a map of keys', found, { file: path, line: 1, column: 1 }));
    return undefined;
  };
  const input = object('input');
  const output = object('output');
  const visible = {
    messages: canonicalMessages(template.parts),
    // As in every layer of settings, the members of `parameters` are joined, and nothing below them.
    parameters: Object.assign({}, ...layers.map(({ parameters }) => parameters)) as Parameters,
    structured: layers.findLast((each) => each.structured !== undefined)?.structured === 'off' ? 'off' : 'auto',
    // The evaluation has checked what is in there.
    tools: listOf(matter.tools ?? []) as unknown as Tool[],
    ...(output && { output }),
  } as const;
  if (problems.length > 0) throw new UserError(problems);
  const { messages, ...rest } = visible;
  // The way over the canonical form makes sure that files and lock files render alike.
  let version: string | undefined;
  return {
    ...rest,
    ...(input && { input }),
    template: partsOf(messages),
    get version() {
      return (version ??= contentHash(versionContent(visible)));
    },
  };
}

/** The overrides that match a file and say something that a model sees. */
async function overridesOf(tree: Tree, path: string, overrides: readonly JsonObject[]): Promise<JsonObject[]> {
  const visible = overrides.filter(
    ({ parameters, structured }) => parameters !== undefined || structured !== undefined,
  );
  if (visible.length === 0) return [];
  const { default: picomatch } = await import('picomatch');
  return visible.filter(({ files }) => {
    const patterns = [files ?? []].flat().map((each) => String(each).replace(/^\.\//, ''));
    // Usual patterns tell without a look at the files; others match what they match when the library is read.
    if (patterns.every((each) => USUAL.test(each))) return patterns.length > 0 && picomatch(patterns)(path);
    return tree.glob(patterns).includes(path);
  });
}

/** Patterns, without the `./` they may begin with, that mean the same to picomatch as to fast-glob, which unfolds braces itself. */
const USUAL = /^(?!\.\/|\/)(?:[\w/*{},-]|\.(?!\.))+$/;
