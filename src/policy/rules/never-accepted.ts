import { problems } from '../../errors.js';
import type { PolicyRule } from '../rule.js';

/** Every prompt has a baseline. Off by default: a new prompt cannot have one. */
export const neverAccepted: PolicyRule = {
  code: 'never-accepted',
  summary: 'every prompt has a baseline',
  help: 'Run `assay eval`, then `assay accept`.',
  level: () => 'off',
  *check({ prompts }) {
    for (const { prompt, accepted } of prompts) {
      if (!accepted) yield problems['never-accepted'](prompt.id, { file: prompt.path, line: 1, column: 1 });
    }
  },
};
