import type { CostEstimate } from '../pipeline/options.js';

/** An amount of US dollars: exact to the cent, small ones to four digits; `unknown` where it is not known. */
export function money(usd: number | undefined): string {
  return usd === undefined ? 'unknown' : `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

/** What a run may cost, beside what it may spend. */
export function budgetLine({ calls, graderCalls, tokens, usd, times, unpriced, limits, spent }: CostEstimate): string {
  const graders = graderCalls > 0 ? ` and up to ${graderCalls} of graders` : '';
  const unknown = unpriced.length > 0 ? ` without ${unpriced.join(', ')}, whose price is not known` : '';
  const may = `${calls} calls${graders}, at most about ${tokens} tokens and ${money(usd)}${unknown}`;
  const most = [
    limits.usd && `${money(limits.usd.most)} (${limits.usd.name}${spent ? `, ${money(spent.usd)} spent` : ''})`,
    limits.tokens &&
      `${limits.tokens.most} tokens (${limits.tokens.name}${spent ? `, ${Math.ceil(spent.tokens)} spent` : ''})`,
  ].filter((each) => each !== undefined);
  return `estimate: ${may}${moreRepeats(times)}; the budget: ${most.join(', ')}`;
}

/** What more repeats may make of an estimate. @param times how many times as much */
export function moreRepeats(times: number): string {
  return times > 1 ? `, up to ${Number(times.toFixed(1))} times as much where a verdict stays open` : '';
}
