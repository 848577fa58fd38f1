import { lstat, rm } from 'node:fs/promises';
import { EXIT } from '../exit-codes.js';
import { writeTrouble } from '../journal/write-trouble.js';
import { reports } from '../reports/map.js';
import type { EvaluateOptions } from './options.js';
import { openProject } from './project.js';
import { outputFolder } from './session.js';

/**
 * Removes the reports of the run before: whatever becomes of this one, no report may say of it what was true of another. Journal
 * and history stay. What is no plain file is left for the writing of reports to refuse.
 * @throws UserError when the project cannot be found, or a report cannot be removed (exit code 2: nothing has been called yet)
 */
export async function removeStaleReports(options: Pick<EvaluateOptions, 'cwd' | 'config' | 'out'>): Promise<void> {
  const out = outputFolder(options, openProject(options.cwd, options.config));
  for (const { file } of reports) {
    const path = out(file);
    const there = await lstat(path).catch(() => undefined);
    if (!there?.isFile()) continue;
    await rm(path, { force: true }).catch((error: unknown) => {
      throw writeTrouble(path, error, EXIT.usage);
    });
  }
}
