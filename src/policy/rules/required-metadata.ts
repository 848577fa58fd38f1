import { problems } from '../../errors.js';
import type { Prompt } from '../../vocabulary.js';
import type { PolicyRule } from '../rule.js';

/** Every prompt has the keys that `policy.require` names, of its own or by an override. */
export const requiredMetadata: PolicyRule = {
  code: 'required-metadata',
  summary: 'every prompt has the keys that policy.require names',
  help: 'Add the keys to the front matter, or for several prompts to an override in the config.',
  level: () => 'error',
  *check({ policy, prompts, place }) {
    for (const { prompt } of prompts) {
      for (const key of policy.require ?? []) {
        if (isGiven(prompt, key)) continue;
        yield problems['required-metadata'](prompt.id, key, place(prompt, key));
      }
    }
  },
};

/** Blank text gives no reason, and an empty list holds nothing. */
function isGiven(prompt: Prompt, key: string): boolean {
  const value: unknown = Reflect.get(prompt, key);
  if (typeof value === 'string') return value.trim() !== '';
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}
