import { type RecordingStore, recordingStore } from '../ask/recordings-file.js';
import type { RecordingFiles } from '../ask/recording-shelf.js';
import { UserError } from '../errors.js';
import type { Tree } from '../library/tree.js';

/** A commit whose recordings are looked through. */
export interface Recorded {
  tree: Tree;
  /** The name under which the replies of a version, by its id, were filed then. */
  prompt(id: string): string | undefined;
}

/**
 * A store for a run with old versions of prompts. Their replies are filed under the prompt's own name, where a key tells versions
 * apart; those that are not in the working tree any more are looked for in commits.
 * @param currentOf the prompt of today behind the id of an old version; undefined for any other id
 * @param commits in the order in which they are looked through, each when it is needed
 */
export function withCommittedRecordings(
  store: RecordingStore,
  currentOf: (id: string) => string | undefined,
  commits: readonly Recorded[],
  redact: (text: string) => string,
): RecordingStore {
  const shelves = commits.map(({ tree, prompt }) => {
    return { prompt, shelf: recordingStore({ files: committedFiles(tree), redact, writable: false }) };
  });
  return {
    ...store,
    async find(id, name, only) {
      const current = currentOf(id);
      const row = await store.find(current ?? id, name, only);
      if (row || current === undefined || only?.fresh) return row;
      for (const { prompt, shelf } of shelves) {
        const filed = prompt(id);
        const found = filed === undefined ? undefined : await shelf.find(filed, name).catch(noneIfBroken);
        if (found) return found;
      }
      return undefined;
    },
    reserve: (prompt) => store.reserve(currentOf(prompt) ?? prompt),
    put: (prompt, row) => store.put(currentOf(prompt) ?? prompt, row),
  };
}

/** Recordings of a commit that cannot be read are none: nobody can mend them any more. */
function noneIfBroken(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

/** Recordings as they were committed: to be read only. Lines are kept, since what git gives has no places to go back to. */
function committedFiles(tree: Tree): RecordingFiles {
  const kept = new Map<string, string[]>();
  const refuse = async (): Promise<never> => {
    throw new Error('a commit is not written to');
  };
  return {
    async *lines(path) {
      if (!tree.has(path)) return;
      const lines: string[] = [];
      kept.set(path, lines);
      for await (const batch of tree.lines(path)) {
        for (const text of batch) {
          lines.push(text);
          yield { text, offset: lines.length - 1, length: text.length, complete: true };
        }
      }
    },
    at: async (path, { offset }) => kept.get(path)?.[offset] ?? '',
    claim: refuse,
    append: refuse,
    replace: refuse,
    remove: refuse,
  };
}
