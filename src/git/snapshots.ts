import { posix } from 'node:path';
import { type CommittedFile, objectsNamed } from './objects.js';
import { gitSync } from './run.js';

/** A file or folder of a commit. */
export interface InCommit {
  commit: string;
  /** From the top of the repository; without line ends. */
  path: string;
}

/**
 * The names of objects in commits, a file's blob or a folder's tree: git is asked once for all of them.
 * @returns in the order asked for; undefined where a commit has no such file
 * @throws GitFailure
 */
export function objectsAt(root: string, wanted: readonly InCommit[]): (string | undefined)[] {
  if (wanted.length === 0) return [];
  // One line asks for one object.
  const lines = wanted.map(({ commit, path }) => `${commit}:${path}\n`);
  const answers = gitSync(root, ['cat-file', '--batch-check=%(objectname)'], lines.join('')).toString('utf8');
  // Of what there is not, git repeats the question.
  return answers.split('\n', wanted.length).map((line) => (/^[0-9a-f]{40,64}$/.test(line) ? line : undefined));
}

/**
 * All files below some folders, each folder read once however many commits have it.
 * @param trees names of tree objects
 * @returns by tree; paths are relative to it
 * @throws GitFailure
 */
export function filesBelow(root: string, trees: Iterable<string>): Map<string, CommittedFile[]> {
  const known = new Map<string, Entry[]>();
  for (let wanted = new Set(trees); wanted.size > 0; ) {
    for (const { name, type, bytes } of objectsNamed(root, [...wanted])) {
      if (type === 'tree') known.set(name, entriesOf(bytes, name.length / 2));
    }
    const below = [...wanted].flatMap((tree) => known.get(tree) ?? []).filter(({ mode }) => mode === FOLDER);
    wanted = new Set(below.map(({ id }) => id).filter((id) => !known.has(id)));
  }
  const filesOf = (tree: string, at: string): CommittedFile[] =>
    (known.get(tree) ?? []).flatMap(({ mode, name, id }) => {
      const path = posix.join(at, name);
      if (mode === FOLDER) return filesOf(id, path);
      return mode === SUBMODULE ? [] : [{ path, blob: id, link: mode === LINK }];
    });
  return new Map([...trees].map((tree) => [tree, filesOf(tree, '')]));
}

interface Entry {
  mode: string;
  name: string;
  id: string;
}

const FOLDER = '40000';
const LINK = '120000';
const SUBMODULE = '160000';

/**
 * Reads a tree object (gitformat-pack, "tree"): `<mode> <name>`, NUL, the bytes of the object's name; again and again.
 * @param idBytes how long names of objects are: 20 bytes for SHA-1, 32 for SHA-256
 */
function entriesOf(bytes: Buffer, idBytes: number): Entry[] {
  const entries: Entry[] = [];
  for (let start = 0; start < bytes.length; ) {
    const blank = bytes.indexOf(0x20, start);
    const end = bytes.indexOf(0, blank);
    entries.push({
      mode: bytes.toString('latin1', start, blank),
      name: bytes.toString('utf8', blank + 1, end),
      id: bytes.toString('hex', end + 1, end + 1 + idBytes),
    });
    start = end + 1 + idBytes;
  }
  return entries;
}
