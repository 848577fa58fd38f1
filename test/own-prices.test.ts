import { expect, test } from 'vitest';
import { ownPriceOf } from '../src/own-prices.js';
import type { ModelPrice } from '../src/vocabulary.js';

const at = (input: number): ModelPrice => ({ input, output: 0 });
const PRICES = {
  'local:*': at(1),
  'local:llama*': at(2),
  'local:*-70b': at(3),
  'local:llama-3-70b': at(4),
  'local:a*': at(5),
  'local:*a': at(6),
};

test.each([
  ['its very name', 'local:llama-3-70b', 4],
  ['the pattern that says most', 'local:llama-3', 2],
  ['the longer of two that fit', 'local:llama-4-70b', 2],
  ['any of its provider', 'local:other', 1],
  ['of two that say as much the first by code unit', 'local:aa', 6],
  ['slashes and colons are names, too', 'local:org/model:7b', 1],
])('the price of a model: %s', (_, model, input) => {
  expect(ownPriceOf(model, PRICES)?.input).toBe(input);
  const turned = Object.fromEntries(Object.entries(PRICES).toReversed());
  expect(ownPriceOf(model, turned)?.input).toBe(input);
});

test.each([
  ['another provider', 'other:llama', PRICES],
  ['a name that is longer', 'local:x-2', { 'local:x': at(1) }],
  ['no prices', 'local:x', undefined],
  ['what objects inherit', 'toString', PRICES],
])('is none for %s', (_, model, prices) => {
  expect(ownPriceOf(model, prices)).toBeUndefined();
});
