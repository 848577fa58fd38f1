import { isDeepStrictEqual } from 'node:util';
import type { Side } from '../../src/impact/side.js';
import { ownPriceOf } from '../../src/own-prices.js';
import type { Json, Prompt } from '../../src/vocabulary.js';
import { oneByOne } from '../../src/lists.js';

/** The prompts whose version, cases or settings differ, found by reading both libraries whole and comparing everything. */
export async function slowWay(before: Side, after: Side): Promise<string[]> {
  const found: string[] = [];
  for (const prompt of after.library.prompts) {
    const was = before.library.prompts.find(({ id }) => id === prompt.id);
    if (!was || !isDeepStrictEqual(await everything(was, before), await everything(prompt, after)))
      found.push(prompt.id);
  }
  return found;
}

async function everything(prompt: Prompt, { library, tree }: Side) {
  const { config } = library;
  const cases = new Map<string, unknown>();
  const models = new Set(prompt.models.map(({ model }) => model));
  let judge: unknown;
  let output: unknown;
  for await (const { place: _place, assert, tags, id, vars, expected, group, quarantine } of oneByOne(
    library.cases(prompt),
  )) {
    const active = assert.filter(({ level }) => level !== 'off').map(({ place: _at, ...rest }) => rest);
    for (const { type, options, value } of active) {
      if (value === undefined) output = prompt.output;
      if (type !== 'judge') continue;
      if (typeof options.model === 'string') models.add(options.model);
      else judge = config.judge;
    }
    const critical = tags.includes('critical');
    cases.set(id, { vars, expected, group, quarantine, critical, active: bag(active) });
  }
  if (judge !== undefined && config.judge) models.add(config.judge.model);
  const providers = Object.entries(config.providers).filter(([name]) =>
    [...models].some((each) => each.startsWith(`${name}:`)),
  );
  const prices = prompt.models.map(({ model }) => `${model} ${JSON.stringify(ownPriceOf(model, config.prices))}`);
  return {
    version: prompt.version,
    prices: bag(prices),
    cases,
    output,
    models: bag(prompt.models),
    repeats: prompt.repeats,
    gate: prompt.gate,
    judge,
    providers: providers.map(([name, { concurrency: _concurrency, limits: _limits, ...settings }]) => ({
      name,
      settings: settings as Json,
      file: typeof settings.path === 'string' && tree.has(settings.path) ? tree.read(settings.path) : undefined,
    })),
  };
}

/** Equal for lists with equal members in any order. */
function bag(list: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of list) {
    const text = JSON.stringify(each, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}
