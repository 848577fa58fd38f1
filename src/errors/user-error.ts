import type { Problem } from '../vocabulary.js';

/** Trouble that is the user's to mend: its problems are printed one by one, and the command ends with `exitCode`. */
export class UserError extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: number;
  /** What else there is to know, said after the problems. */
  note?: string;

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
