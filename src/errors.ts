import { fileProblems } from './errors/files.js';
import { gitProblems } from './errors/git.js';
import { libraryProblems } from './errors/library.js';
import { policyProblems } from './errors/policy.js';
import { promptProblems } from './errors/prompts.js';
import { providerProblems } from './errors/providers.js';
import { renderingProblems } from './errors/rendering.js';
import { runProblems } from './errors/runs.js';
import { templateProblems } from './errors/templates.js';
import { valueProblems } from './errors/values.js';

export { UserError } from './errors/user-error.js';

/**
 * The catalogue of the user's mistakes: for each code what happened and what to do. Every problem is made here, so that its
 * words are written once and a test can read them all. `place` is always the most exact one known.
 */
export const problems = {
  ...fileProblems,
  ...gitProblems,
  ...libraryProblems,
  ...policyProblems,
  ...promptProblems,
  ...providerProblems,
  ...renderingProblems,
  ...runProblems,
  ...templateProblems,
  ...valueProblems,
} as const;
