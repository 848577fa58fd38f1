import { LINK, objectsNamed } from './objects.js';
import { gitSync } from './run.js';

/** A file or folder of a commit. */
export interface InCommit {
  commit: string;
  /** From the top of the repository; without line ends. */
  path: string;
}

/**
 * The names of objects in commits, a file's blob or a folder's tree: git is asked once for all of them.
 * Links are followed inside the commit.
 * @returns in the order asked for; undefined where a commit has no such file
 * @throws GitFailure
 */
export function objectsAt(root: string, wanted: readonly InCommit[]): (string | undefined)[] {
  if (wanted.length === 0) return [];
  // One line asks for one object.
  const lines = wanted.map(({ commit, path }) => `${commit}:${path}\n`);
  const ask = ['cat-file', '--batch-check=%(objectname)', '--follow-symlinks'];
  const answers = gitSync(root, ask, lines.join(''));
  const names: (string | undefined)[] = [];
  for (let start = 0; names.length < wanted.length && start < answers.length; ) {
    const end = answers.indexOf(0x0a, start);
    const line = answers.toString('latin1', start, end);
    // Of what there is not, git repeats the question; of a link that leads nowhere it tells how long the way is, and the way.
    const way = /^(?:symlink|dangling|loop|notdir) (\d+)$/.exec(line)?.[1];
    names.push(/^[0-9a-f]{40,64}$/.test(line) ? line : undefined);
    start = end + 1 + (way === undefined ? 0 : Number(way) + 1);
  }
  return wanted.map((_, index) => names[index]);
}

/** Files below folders of any commits. */
export interface Folders {
  /** The blob of a file, by its path from the folder; undefined for none, and behind a link. */
  fileIn(tree: string, path: string): string | undefined;
  /** Whether a link stands at a path, or on the way. */
  isLinked(tree: string, path: string): boolean;
  /** The blobs of all files. */
  blobs: ReadonlySet<string>;
}

/**
 * Reads folders with all that is below them, each once however many commits have it.
 * @param trees names of tree objects
 * @throws GitFailure
 */
export function readFolders(root: string, trees: Iterable<string>): Folders {
  const known = new Map<string, Map<string, Entry>>();
  const blobs = new Set<string>();
  for (let wanted = new Set(trees); wanted.size > 0; ) {
    const below = new Set<string>();
    for (const { name, type, bytes } of objectsNamed(root, [...wanted])) {
      if (type !== 'tree') continue;
      const entries = entriesOf(bytes, name.length / 2);
      known.set(name, entries);
      for (const { mode, id } of entries.values()) {
        if (mode === FOLDER) below.add(id);
        else if (FILES.has(mode)) blobs.add(id);
      }
    }
    wanted = new Set([...below].filter((id) => !known.has(id)));
  }
  /** What stands at a path, or the link that stands in the way. */
  const entryAt = (tree: string, path: string): Entry | undefined => {
    let at: Entry | undefined = { mode: FOLDER, id: tree };
    for (const name of path.split('/')) {
      if (at?.mode === LINK) return at;
      at = at?.mode === FOLDER ? known.get(at.id)?.get(name) : undefined;
    }
    return at;
  };
  return {
    blobs,
    fileIn(tree, path) {
      const found = entryAt(tree, path);
      return found && FILES.has(found.mode) ? found.id : undefined;
    },
    isLinked: (tree, path) => entryAt(tree, path)?.mode === LINK,
  };
}

interface Entry {
  mode: string;
  id: string;
}

const FOLDER = '40000';
/** No submodules. */
const FILES = new Set(['100644', '100755', '100664']);

/**
 * Reads a tree object (gitformat-pack, "tree"): `<mode> <name>`, NUL, the bytes of the object's name; again and again.
 * @param idBytes how long names of objects are: 20 bytes for SHA-1, 32 for SHA-256
 */
function entriesOf(bytes: Buffer, idBytes: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (let start = 0; start < bytes.length; ) {
    const blank = bytes.indexOf(0x20, start);
    const end = bytes.indexOf(0, blank);
    entries.set(bytes.toString('utf8', blank + 1, end), {
      mode: bytes.toString('latin1', start, blank),
      id: bytes.toString('hex', end + 1, end + 1 + idBytes),
    });
    start = end + 1 + idBytes;
  }
  return entries;
}
