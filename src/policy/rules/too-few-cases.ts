import { problems } from '../../errors.js';
import type { PolicyRule } from '../rule.js';

/** Every prompt has as many cases as `policy.minCases` asks for; those in quarantine do not count. */
export const tooFewCases: PolicyRule = {
  code: 'too-few-cases',
  summary: 'every prompt has at least policy.minCases cases',
  help: 'Add cases, best those that went wrong in production.',
  level: () => 'error',
  *check({ policy, prompts }) {
    const { minCases } = policy;
    if (minCases === undefined) return;
    for (const { prompt, cases, quarantined } of prompts) {
      const counted = cases - quarantined;
      if (counted >= minCases) continue;
      const [file = prompt.path] = prompt.caseFiles;
      yield problems['too-few-cases'](prompt.id, counted, quarantined, minCases, { file, line: 1, column: 1 });
    }
  },
};
