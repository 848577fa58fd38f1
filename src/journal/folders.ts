import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileErrorCode } from './write-trouble.js';

/**
 * Makes a folder and those above it, where they are not there. Not by Node's own `recursive`, which tries for ever below a folder
 * that is there and takes no new ones (`/proc`, `/dev/fd`).
 * @throws the file system's error
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    const above = dirname(path);
    if (fileErrorCode(error) !== 'ENOENT' || above === path) throw error;
    await makeFolders(above);
    await mkdir(path).catch(async (again: unknown) => {
      // Another process may have made it meanwhile.
      if (!(await isFolder(path))) throw again;
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
