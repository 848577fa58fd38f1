import { posix } from 'node:path';
import { RECORDINGS } from '../ask/recordings-file.js';
import { UserError } from '../errors.js';
import type { Tree } from '../library/tree.js';
import type { Session } from './session.js';

/**
 * Notes where a prompt lacks replies which lie under the id of one that is no more: it was renamed, and its recordings were not.
 * Files are looked into only where something is lacking, and of these none that belongs to a prompt.
 */
export async function formerRecordings({ store, project, config }: Session): Promise<string[]> {
  const { tree } = project;
  const isPrompt = (id: string): boolean =>
    config.library.some((folder) => tree.has(posix.join(folder, `${id}.prompt.md`)));
  const lacked = new Map([...store.lacked()].filter(([id]) => isPrompt(id)));
  if (lacked.size === 0) return [];
  const notes: string[] = [];
  for (const path of tree.glob([`${RECORDINGS}/**/*.jsonl`])) {
    if (isPrompt(path.slice(RECORDINGS.length + 1, -'.jsonl'.length))) continue;
    for (const id of await holdersOf(tree, path, lacked)) {
      notes.push(
        `${path} holds replies that "${id}" lacks: if it was renamed, rename them to ${RECORDINGS}/${id}.jsonl`,
      );
      lacked.delete(id);
    }
    if (lacked.size === 0) break;
  }
  return notes;
}

/** The prompts whose key, one of each, stands in a file. What cannot be read holds nothing. */
async function holdersOf(tree: Tree, path: string, lacked: ReadonlyMap<string, string>): Promise<string[]> {
  const found = new Set<string>();
  try {
    for await (const lines of tree.lines(path)) {
      for (const line of lines) for (const [id, key] of lacked) if (line.includes(key)) found.add(id);
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return [...found];
}
