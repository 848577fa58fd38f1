import { type AssertionDefinition, verdict } from './assertion.js';

/** The answer's price is at most the threshold, in US dollars. The price of judges is not in it. */
export const cost: AssertionDefinition = {
  type: 'cost',
  summary: 'The answer cost at most `threshold` US dollars.',
  value: true,
  needs: 'none',
  textless: true,
  threshold: { minimum: 0, required: true },
  prepare({ threshold }) {
    if (threshold === undefined) throw new Error('it has no threshold');
    return ({ completion: { costUsd } }) => {
      if (costUsd === undefined || !Number.isFinite(costUsd)) {
        return { status: 'unscored', reason: 'the price of the answer is unknown' };
      }
      const pass = costUsd <= threshold;
      const [price, most] = dollars(costUsd, threshold);
      return verdict(pass, `cost ${price}, ${pass ? 'at most' : 'more than'} ${most}`);
    };
  },
};

/** Without exponents, since a token costs millionths of a dollar; with as many digits as tell the two apart. */
function dollars(...amounts: [number, number]): [string, string] {
  for (let digits = 6; ; digits += 1) {
    const [one, other] = amounts.map((amount) => inDollars(amount, digits)) as [string, string];
    if (one !== other || amounts[0] === amounts[1] || digits === MOST_DIGITS) return [one, other];
  }
}

/** So many significant digits tell any two doubles apart. */
const MOST_DIGITS = 17;

function inDollars(amount: number, digits: number): string {
  return `$${amount.toLocaleString('en-US', { maximumSignificantDigits: digits, useGrouping: false })}`;
}
