import { git, gitBytes, gitStream, gitSync } from './run.js';

/** A file of a commit. */
export interface CommittedFile {
  /** From the top of the repository. */
  path: string;
  /** Names its content. */
  blob: string;
  /** It is a symbolic link: its content is where it leads. */
  link: boolean;
}

/** The mode of a symbolic link. */
export const LINK = '120000';

/**
 * All files of a commit. Sizes are not asked for: that opens every object, and in a partial clone fetches it.
 * @param commit a full hash
 * @throws GitFailure
 */
export async function filesOf(root: string, commit: string): Promise<CommittedFile[]> {
  const text = await git(root, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  const files: CommittedFile[] = [];
  for (const record of text.split('\0')) {
    const tab = record.indexOf('\t');
    const [mode, type, blob] = record.slice(0, tab).split(' ');
    // Submodules are commits, not files.
    if (type === 'blob' && blob !== undefined) files.push({ path: record.slice(tab + 1), blob, link: mode === LINK });
  }
  return files;
}

/**
 * The text of one file of a commit: for a few files quicker than a list of all.
 * @param path from the top of the repository
 * @returns undefined when the commit has no such file
 */
export async function textOf(root: string, commit: string, path: string): Promise<string | undefined> {
  return git(root, ['cat-file', 'blob', `${commit}:${path}`]).catch(() => undefined);
}

/** Contents of files, by the names of their blobs: what two commits have in common is read once. */
export interface Blobs {
  /** Whether a content is here already. */
  has(blob: string): boolean;
  /** A content, now. @throws GitFailure */
  read(blob: string): Buffer;
  /** Reads these together, but for those that are large, or here already. @throws GitFailure */
  load(blobs: readonly string[]): void;
  /** The same, while something else goes on. @throws GitFailure */
  loadAhead(blobs: readonly string[]): Promise<void>;
  /** A content piece by piece. @throws GitFailure */
  stream(blob: string): AsyncIterable<Buffer>;
}

/** An object as git keeps it. */
export interface GitObject {
  name: string;
  type: string;
  /** A part of all that was read: copy it to keep it. */
  bytes: Buffer;
}

/**
 * Reads objects, all by one process. One that went missing meanwhile is left out, and told by whoever reads it alone.
 * @throws GitFailure
 */
export function objectsNamed(root: string, names: readonly string[]): Generator<GitObject> {
  return objectsIn(gitSync(root, BATCH, lines(names)));
}

const BATCH = ['cat-file', '--batch'];
const SIZES = ['cat-file', '--batch-check'];

function* objectsIn(all: Buffer): Generator<GitObject> {
  // `<name> <type> <size>`, a line end, the content, a line end; again and again.
  for (let start = 0; start < all.length; ) {
    const end = all.indexOf(0x0a, start);
    const [name = '', type = '', size] = all.toString('latin1', start, end).split(' ');
    const length = Number(size);
    start = end + 1;
    if (!Number.isSafeInteger(length)) continue;
    yield { name, type, bytes: all.subarray(start, start + length) };
    start += length + 1;
  }
}

/** Larger contents are read one at a time, when they are asked for. */
const MOST_TOGETHER = 4 * 1024 * 1024;

/** The contents in the repository around a folder. */
export function blobsOf(root: string): Blobs {
  const known = new Map<string, Buffer>();
  const unknown = (blobs: readonly string[]): string[] => [...new Set(blobs)].filter((each) => !known.has(each));
  const keep = (batch: Buffer): void => {
    // Copies: slices would keep the bytes of all their neighbours in memory.
    for (const { name, bytes } of objectsIn(batch)) known.set(name, Buffer.from(bytes));
  };
  return {
    has: (blob) => known.has(blob),
    read(blob) {
      const here = known.get(blob) ?? gitSync(root, ['cat-file', 'blob', blob]);
      if (here.length <= MOST_TOGETHER) known.set(blob, here);
      return here;
    },
    load(blobs) {
      const wanted = unknown(blobs);
      if (wanted.length < 2) return;
      keep(gitSync(root, BATCH, lines(smallOnes(gitSync(root, SIZES, lines(wanted))))));
    },
    async loadAhead(blobs) {
      const wanted = unknown(blobs);
      if (wanted.length === 0) return;
      keep(await gitBytes(root, BATCH, lines(smallOnes(await gitBytes(root, SIZES, lines(wanted))))));
    },
    stream(blob) {
      const here = known.get(blob);
      return here ? single(here) : gitStream(root, ['cat-file', 'blob', blob]);
    },
  };
}

function lines(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join('');
}

/** Reads lines `<name> blob <size>`. */
function smallOnes(sizes: Buffer): string[] {
  return sizes
    .toString('latin1')
    .split('\n')
    .flatMap((line) => {
      const [name, type, size] = line.split(' ');
      return name !== undefined && type === 'blob' && Number(size) <= MOST_TOGETHER ? [name] : [];
    });
}

async function* single(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
