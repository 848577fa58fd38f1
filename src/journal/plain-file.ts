import { lstat } from 'node:fs/promises';
import { problems, UserError } from '../errors.js';

/**
 * Before a file is added to: whatever stands at its path must be a plain file. A link would have another file written, e.g. one that a
 * pull request wants to be broken.
 * @throws UserError `not-a-plain-file`
 */
export async function refuseLink(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there && !there.isFile()) throw new UserError([problems['not-a-plain-file'](path)]);
}
