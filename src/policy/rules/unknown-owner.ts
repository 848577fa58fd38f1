import { problems } from '../../errors.js';
import type { PolicyRule } from '../rule.js';

/** Every owner is one whom a CODEOWNERS file names. Where there is no such file, there is nobody to know. */
export const unknownOwner: PolicyRule = {
  code: 'unknown-owner',
  summary: 'every owner is named by a CODEOWNERS file, where there is one',
  help: 'Name an owner who is in a CODEOWNERS file, or add this one there.',
  level: () => 'error',
  *check({ owners, prompts, place }) {
    if (!owners) return;
    for (const { prompt } of prompts) {
      const { owner } = prompt;
      if (owner === undefined || owners.has(owner)) continue;
      yield problems['unknown-owner'](owner, owners.file, place(prompt, 'owner'));
    }
  },
};
