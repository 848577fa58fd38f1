import { type AssertionDefinition, verdict } from './assertion.js';

/** The answer's price is at most the threshold, in US dollars. The price of judges is not in it. */
export const cost: AssertionDefinition = {
  type: 'cost',
  summary: 'The answer cost at most `threshold` US dollars.',
  value: true,
  needs: 'none',
  threshold: { minimum: 0, required: true },
  prepare({ threshold }) {
    if (threshold === undefined) throw new Error('it has no threshold');
    return ({ completion: { costUsd } }) => {
      if (costUsd === undefined || !Number.isFinite(costUsd)) {
        return { status: 'unscored', reason: 'the price of the answer is unknown' };
      }
      const pass = costUsd <= threshold;
      return verdict(pass, `cost ${dollars(costUsd)}, ${pass ? 'at most' : 'more than'} ${dollars(threshold)}`);
    };
  },
};

/** Without exponents: a token costs millionths of a dollar. */
function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', { maximumSignificantDigits: 6, useGrouping: false })}`;
}
