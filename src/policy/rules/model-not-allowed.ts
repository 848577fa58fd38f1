import { problems } from '../../errors.js';
import { modelPattern } from '../../model-pattern.js';
import type { PolicyRule } from '../rule.js';

/** Prompts, judge and assertions that name a model of their own ask only models that `policy.models` allows. */
export const modelNotAllowed: PolicyRule = {
  code: 'model-not-allowed',
  summary: 'prompts, judge and assertions use only models that policy.models allows',
  help: 'Use another model, or allow this one in policy.models.',
  level: () => 'error',
  *check({ policy, prompts, judge, place, configPlace }) {
    const allowed = policy.models;
    if (!allowed) return;
    const patterns = allowed.map(modelPattern);
    const isAllowed = (model: string): boolean => patterns.some((pattern) => pattern.test(model));
    for (const { prompt, graders } of prompts) {
      for (const { model } of prompt.models) {
        if (isAllowed(model)) continue;
        yield problems['model-not-allowed'](model, allowed, place(prompt, 'models', model));
      }
      for (const [written, model] of graders) {
        if (!isAllowed(model)) yield problems['model-not-allowed'](model, allowed, written);
      }
    }
    if (judge !== undefined && !isAllowed(judge)) {
      yield problems['model-not-allowed'](judge, allowed, configPlace('judge', 'model'));
    }
  },
};
