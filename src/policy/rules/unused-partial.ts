import { problems } from '../../errors.js';
import type { PolicyRule } from '../rule.js';

/** Every partial is included by some prompt, directly or through others. */
export const unusedPartial: PolicyRule = {
  code: 'unused-partial',
  summary: 'every partial is included by some prompt',
  help: 'Delete it, or include it.',
  level: () => 'warn',
  *check({ complete, partials, prompts }) {
    if (!complete) return;
    const used = new Set(prompts.flatMap(({ prompt }) => prompt.partials));
    for (const path of partials) {
      if (!used.has(path)) yield problems['unused-partial'](path, { file: path, line: 1, column: 1 });
    }
  },
};
