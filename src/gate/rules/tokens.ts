import { increaseRule } from './increase.js';

/** More tokens are used. */
export const tokens = increaseRule('tokens', (evaluation) => {
  const { input, output, known } = evaluation.tokens;
  return known ? `${input} in, ${output} out` : undefined;
});
