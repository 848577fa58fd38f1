import { isShallow } from './refs.js';
import { gitStream } from './run.js';

/** Who last changed a file, and in which commit; `cut` where the history that is here does not tell. */
export type LastChange = { author: string; commit: string; date: string } | 'cut';

const MARK = '\u0001';

/**
 * Finds who last changed each of some files. History is walked only as far back as needed.
 * @param folder the folder that holds them all: a few thousand names do not fit a command line. From the top of the repository
 * @param files from the top of the repository; those that no commit has changed are left out of the answer
 * @throws GitFailure
 */
export async function lastChanges(
  root: string,
  folder: string,
  files: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, LastChange>> {
  const wanted = new Set(files);
  const found = new Map<string, LastChange>();
  if (wanted.size === 0) return found;
  // Of merges (-c), only what differs from all parents: changed in the merge itself.
  const format = `--format=${MARK}%H %as %P${MARK}%aN`;
  const log = ['log', '-z', '-c', '--no-renames', '--no-ext-diff', '--no-textconv', '--name-only', format];
  let change: { author: string; commit: string; date: string; root: boolean } | undefined;
  for await (const field of fields(gitStream(root, [...log, 'HEAD', '--', `:(top,literal)${folder}`], signal))) {
    if (field.startsWith(MARK)) {
      const [, facts = '', author = ''] = field.split(MARK);
      const [commit = '', date = '', ...parents] = facts.split(' ').filter((each) => each !== '');
      change = { author: author.trim(), commit, date, root: parents.length === 0 };
      continue;
    }
    if (!change || !wanted.delete(field)) continue;
    const { root: first, ...last } = change;
    // The oldest commit of a shallow clone looks as if it had made everything.
    found.set(field, first && (await isShallow(root)) ? 'cut' : last);
    if (wanted.size === 0) break;
  }
  return found;
}

/** What stands between NULs, without the line end that git puts before the first name of a commit. */
async function* fields(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const field = rest.toString('utf8', 0, end).replace(/^\n/, '');
      rest = rest.subarray(end + 1);
      if (field !== '') yield field;
    }
  }
}
