import { increaseRule } from './increase.js';

/** The cost rose. */
export const cost = increaseRule('cost', (evaluation) => {
  const { usd, known } = evaluation.cost;
  return known ? `$${Number(usd.toPrecision(3))}` : undefined;
});
