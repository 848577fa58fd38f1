import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { within } from '../trust/paths.js';

/** Where programs are looked for. */
export interface ProgramSearch {
  /** The variable PATH. */
  path: string;
  windows: boolean;
  /** A folder whose programs are not run: that of the files under test. */
  not: string;
}

/**
 * The absolute path of git. The system's own search would not do: on Windows it begins in the working folder, where a pull request
 * may have put a `git.exe`, and a PATH may name folders inside the repository.
 * @returns undefined when there is none
 */
export function findGit({ path, windows, not }: ProgramSearch): string | undefined {
  const names = windows ? ['git.exe', 'git.com'] : ['git'];
  const folders = path.split(windows ? ';' : ':').filter((folder) => isAbsolute(folder) && !within(not, folder));
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
