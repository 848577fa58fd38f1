import { problems, UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'there is a file where a folder is needed',
  EFBIG: 'it would be larger than a file may be here',
  EISDIR: 'there is a folder of this name',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'there is a file where a folder is needed',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
};

/** What Node says where a folder cannot be made, whatever the true reason is. */
const NO_FOLDER = 'its folder is not there and cannot be made, as on a file system that is read-only';

/** The code of an error of the file system, e.g. `ENOENT`; undefined for any other error. */
export function fileErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * What to throw when writing failed: trouble of the file system in words, anything else as it is.
 * @param exitCode 2 before anything was called, 3 in a run
 * @param stays the file has its place in the project, whatever `--out` says
 */
export function writeTrouble(
  path: string,
  error: unknown,
  { exitCode = EXIT.unverified, stays = false }: { exitCode?: number; stays?: boolean } = {},
): unknown {
  const code = fileErrorCode(error);
  if (code === undefined) return error;
  const why = code === 'ENOENT' ? NO_FOLDER : (REASONS[code] ?? code);
  return new UserError([problems['cannot-write'](path, why, stays)], exitCode);
}

/** What to throw when reading failed: trouble of the file system in words, anything else as it is. */
export function readTrouble(path: string, error: unknown): unknown {
  const code = fileErrorCode(error);
  return code === undefined ? error : new UserError([problems['unreadable-file'](path, REASONS[code] ?? code)]);
}
