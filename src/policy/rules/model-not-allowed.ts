import { problems } from '../../errors.js';
import { modelPattern } from '../../model-pattern.js';
import type { PolicyRule } from '../rule.js';

/** Prompts and judge run only on models that `policy.models` allows. */
export const modelNotAllowed: PolicyRule = {
  code: 'model-not-allowed',
  summary: 'prompts and judge use only models that policy.models allows',
  level: () => 'error',
  *check({ policy, prompts, judge, place, configPlace }) {
    const allowed = policy.models;
    if (!allowed) return;
    const patterns = allowed.map(modelPattern);
    const isAllowed = (model: string): boolean => patterns.some((pattern) => pattern.test(model));
    for (const { prompt } of prompts) {
      for (const { model } of prompt.models) {
        if (isAllowed(model)) continue;
        yield problems['model-not-allowed'](model, allowed, place(prompt, 'models', model));
      }
    }
    if (judge !== undefined && !isAllowed(judge)) {
      yield problems['model-not-allowed'](judge, allowed, configPlace('judge', 'model'));
    }
  },
};
