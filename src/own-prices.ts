import { modelPattern } from './model-pattern.js';
import type { ModelPrice, Prices } from './vocabulary.js';

/**
 * The user's own price of a model: that under its very name, else that under the pattern which fits and says most, by its
 * characters beside `*`. Of two that say as much the first by code unit: the order in which prices are written decides nothing.
 */
export function ownPriceOf(model: string, prices: Prices = {}): ModelPrice | undefined {
  if (Object.hasOwn(prices, model)) return prices[model];
  const fitting = Object.keys(prices).filter((pattern) => modelPattern(pattern).test(model));
  const [nearest] = fitting.toSorted((a, b) => said(b) - said(a) || (a < b ? -1 : 1));
  return nearest === undefined ? undefined : prices[nearest];
}

function said(pattern: string): number {
  return pattern.replaceAll('*', '').length;
}
