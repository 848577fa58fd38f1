import { statSync } from 'node:fs';
import { relative } from 'node:path';
import type { EvaluateOptions } from './options.js';
import { openProject } from './project.js';
import { outputFolder } from './session.js';

/**
 * Says that the report in the output folder is older than the command that came to nothing, since a reader might take it for
 * its own. It may be of the very run that could not be resumed. It stays: nothing is lost for a mistake in a file or a full disk.
 * @returns undefined where there is none, or no project to have one
 */
export function earlierReport(options: Pick<EvaluateOptions, 'cwd' | 'config' | 'out'>): string | undefined {
  try {
    const path = outputFolder(options, openProject(options.cwd, options.config))('report.json');
    const written = statSync(path).mtime.toISOString().slice(0, 16);
    return `${relative(options.cwd, path).replaceAll('\\', '/')} was written before this command (${written}Z).`;
  } catch {
    return undefined;
  }
}
