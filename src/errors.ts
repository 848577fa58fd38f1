import { fileProblems } from './errors/files.js';
import { gitProblems } from './errors/git.js';
import { libraryProblems } from './errors/library.js';
import { providerProblems } from './errors/providers.js';
import { runProblems } from './errors/runs.js';
import { templateProblems } from './errors/templates.js';
import type { Problem } from './vocabulary.js';

/**
 * The catalogue of the user's mistakes: for each code what happened and what to do. Every problem is made here, so that its
 * words are written once and a test can read them all. `place` is always the most exact one known.
 */
export const problems = {
  ...fileProblems,
  ...gitProblems,
  ...libraryProblems,
  ...providerProblems,
  ...runProblems,
  ...templateProblems,
} as const;

/** Trouble that is the user's to mend: its problems are printed one by one, and the command ends with `exitCode`. */
export class UserError extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: number;

  /**
   * @param list at least one problem
   * @param exitCode one of EXIT's; 2 unless the trouble is no mistake in a file (e.g. 3 for nothing to run)
   */
  constructor(list: readonly Problem[], exitCode = 2) {
    super(list.map((each) => each.message).join('\n'));
    this.name = 'UserError';
    this.problems = list;
    this.exitCode = exitCode;
  }
}
