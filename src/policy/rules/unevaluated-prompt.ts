import { problems } from '../../errors.js';
import type { PolicyRule } from '../rule.js';

/** Every prompt has a case that is not in quarantine. One without models or cases is a mistake that discovery tells. */
export const unevaluatedPrompt: PolicyRule = {
  code: 'unevaluated-prompt',
  summary: 'every prompt has a case that is not in quarantine',
  help: 'Release a case from quarantine, or add one.',
  level: () => 'warn',
  *check({ prompts }) {
    for (const { prompt, cases, quarantined } of prompts) {
      if (quarantined < cases) continue;
      yield problems['unevaluated-prompt'](prompt.id, { file: prompt.path, line: 1, column: 1 });
    }
  },
};
