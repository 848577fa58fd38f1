import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as whole from '@pydantic/genai-prices';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PRICE_LISTS } from '../../src/ask/price.js';

type Package = typeof whole;
const script = new URL('../../scripts/price-lists.mjs', import.meta.url).href;
const { withPriceLists } = (await import(script)) as { withPriceLists(code: string, ids: string[]): string };
const code = readFileSync(fileURLToPath(import.meta.resolve('@pydantic/genai-prices')), 'utf8');
const ids = Object.values(PRICE_LISTS);

let folder: string;
let bundled: Package;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-prices-'));
  const file = join(folder, 'prices.mjs');
  writeFileSync(file, withPriceLists(code, ids));
  bundled = (await import(pathToFileURL(file).href)) as Package;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const USAGES = [
  { input_tokens: 1_000_000, output_tokens: 1_000_000 },
  { input_tokens: 250_001, output_tokens: 7, cache_read_tokens: 250_000 },
  { input_tokens: 3, output_tokens: 0 },
  { input_tokens: 1, output_tokens: 1, cache_read_tokens: 5 },
];
const DATES = ['2024-01-01T00:00:00Z', '2025-09-15T17:30:00Z', '2026-02-28T23:59:59Z', '2030-01-01T03:00:00Z'];

/** A price, or why there is none. */
function priceOf({ calcPrice }: Package, name: string, providerId: string, usage: whole.Usage, date: string): unknown {
  try {
    const found = calcPrice(usage, name, { providerId, timestamp: new Date(date) });
    return (
      found && [
        found.total_price,
        found.input_price,
        found.output_price,
        found.model.id,
        found.provider.id,
        found.model_price,
      ]
    );
  } catch (error) {
    return String(error);
  }
}

it('gives the prices that the whole package gives, for every name that it knows and some that it does not', async () => {
  const providers = (await whole.waitForUpdate()) ?? [];
  expect(providers.length).toBeGreaterThan(40);
  const known = providers.flatMap(({ models }) => models.map(({ id }) => id));
  const dated = ids.flatMap((id) => providers.find((each) => each.id === id)?.models ?? []).map(({ id }) => id);
  const names = new Set([
    ...known,
    ...known.map((name) => name.toUpperCase()),
    ...dated.flatMap((name) => [
      `${name}-20250807`,
      `${name}-2025-08-07`,
      `${name}-20251301`,
      `${name}-latest`,
      `ft:${name}:x`,
      ` ${name} `,
    ]),
    '',
    'gpt',
    'claude',
    'no-such-model',
  ]);
  expect(names.size).toBeGreaterThan(2000);
  for (const name of names) {
    for (const id of ids) {
      const [usage = {}, ...usages] = USAGES;
      const first = priceOf(whole, name, id, usage, DATES[1] ?? '');
      expect([name, priceOf(bundled, name, id, usage, DATES[1] ?? '')]).toEqual([name, first]);
      if (first === null) continue;
      for (const date of DATES) {
        for (const each of usages) {
          expect([name, date, priceOf(bundled, name, id, each, date)]).toEqual([
            name,
            date,
            priceOf(whole, name, id, each, date),
          ]);
        }
      }
    }
  }
});

it('is the package it was made for, with no more than it needs', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect(dependencies['@pydantic/genai-prices']).toMatch(/^\d+\.\d+\.\d+$/);
  expect(withPriceLists(code, ids).length).toBeLessThan(code.length / 10);
});

it('refuses a package that is laid out otherwise, and lists that are not there', () => {
  expect(() => withPriceLists(code.replace('const ', 'let '), ids)).toThrow('how the package is laid out');
  expect(() => withPriceLists(code, ['nobody'])).toThrow('nobody is no price list');
});
