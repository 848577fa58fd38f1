import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { declarations } from '../catalogue/declarations.js';
import { lockText } from '../catalogue/lock-text.js';
import { problems as make, UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { writeFileAtomic } from '../journal/atomic-write.js';
import { readPrompts } from '../library/prompts.js';
import { providerTypes } from '../providers/map.js';
import { gitRootOf, insideRoot } from '../trust/paths.js';
import type { Problem, Prompt } from '../vocabulary.js';
import { openProject, type Project } from './project.js';

/** A file that is made of prompts alone, the same for the same prompts. */
export interface Artefact {
  /** Absolute. */
  path: string;
  text: string;
  prompts: number;
  /** What stands there now: nothing, the same, or something else. */
  there: 'nothing' | 'current' | 'stale';
}

/** What a command that makes such a file is told. */
export interface ArtefactOptions {
  cwd: string;
  config?: string;
  /** Where to, relative to the working folder; the default lies in the project. */
  out?: string;
}

/** The lock file of a library, for applications without its files. @throws UserError with what is wrong in the prompts, or for none */
export function lockArtefact(options: ArtefactOptions): Artefact {
  return artefact(options, 'prompts.lock.json', lockText);
}

/** The declaration file of a library. @throws UserError with what is wrong in the prompts, or for none */
export function typesArtefact(options: ArtefactOptions): Artefact {
  const inLibrary = ({ library }: { library: string[] }) => `${library[0] ?? 'evals'}/prompts.d.ts`;
  return artefact(options, inLibrary, declarations);
}

function artefact(
  { cwd, config, out }: ArtefactOptions,
  byDefault: string | ((config: { library: string[] }) => string),
  textOf: (prompts: readonly Prompt[]) => string,
): Artefact {
  const project: Project = openProject(cwd, config);
  const read = readPrompts(project.tree, project.configPath, providerTypes);
  const found = [...read.problems, ...doubled(read.prompts)];
  if (found.length > 0) throw new UserError(found);
  if (read.prompts.length === 0) throw new UserError([make['empty-library'](read.config.library)], EXIT.unverified);
  const usual = typeof byDefault === 'string' ? byDefault : byDefault(read.config);
  const border = gitRootOf(project.root) ?? project.root;
  const path = out === undefined ? insideRoot(border, resolve(project.root, usual)) : resolve(cwd, out);
  const text = textOf(read.prompts);
  return { path, text, prompts: read.prompts.length, there: stateOf(path, text) };
}

/** Two library folders may hold prompts of one name: an application could not tell which it gets. */
function doubled(prompts: readonly Prompt[]): Problem[] {
  const first = new Map<string, Prompt>();
  return prompts.flatMap((prompt) => {
    const { id, path } = first.get(prompt.id) ?? prompt;
    first.set(id, first.get(id) ?? prompt);
    const at = (file: string) => ({ file, line: 1, column: 1 });
    return path === prompt.path ? [] : [make['duplicate-id']('prompt', id, id, at(path), at(prompt.path))];
  });
}

function stateOf(path: string, text: string): Artefact['there'] {
  let found: string;
  try {
    found = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'nothing';
    throw new UserError([make['unreadable-file'](path, 'it cannot be read')]);
  }
  // A checkout may have other line ends.
  return found.replaceAll('\r\n', '\n') === text ? 'current' : 'stale';
}

/** Writes it, unless it stands there already: a file that is not touched makes nobody build anew. */
export async function writeArtefact({ path, text, there }: Artefact): Promise<void> {
  if (there !== 'current') await writeFileAtomic(path, text);
}
