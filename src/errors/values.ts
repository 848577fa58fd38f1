import type { Place, Problem } from '../vocabulary.js';

/** Mistakes in the keys and values of any file with data. */
export const valueProblems = {
  'required-key': (key: string, inside: string, place?: Place): Problem => ({
    code: 'required-key',
    message: `the key "${key}" is missing in ${inside}`,
    remedy: 'Add it.',
    place,
  }),
  'unknown-key': (key: string, near: string | undefined, place?: Place): Problem => ({
    code: 'unknown-key',
    message: `unknown key "${key}"`,
    remedy: near ? `Did you mean "${near}"?` : 'Remove it, or see the documentation of this file for the keys it has.',
    place,
  }),
  'wrong-type': (name: string, wanted: string, found: string, place?: Place): Problem => ({
    code: 'wrong-type',
    message: `${name} must be ${wanted}, not ${found}`,
    remedy: 'Correct the value.',
    place,
  }),
  'wrong-value': (name: string, what: string, near: string | undefined, place?: Place): Problem => ({
    code: 'wrong-value',
    message: `${name} ${what}`,
    remedy: near ? `Did you mean "${near}"?` : 'Correct the value.',
    place,
  }),
} as const;
