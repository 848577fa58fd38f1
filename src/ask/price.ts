import type { Provider } from '@pydantic/genai-prices';
import type { ModelDescription } from '../providers/provider.js';
import type { Answer, Completion, ModelPrice, Purpose, Usage } from '../vocabulary.js';
import type { Layer } from './ask.js';

/** What decides what a model costs: the user's own price wins over the built-in ones. */
type Priced = Pick<ModelDescription, 'type' | 'name' | 'calls' | 'price'>;

/** What prices depend on. */
export interface PriceOptions {
  /** Some prices change at a date or an hour of the day. */
  date(): Date;
}

/** The type of provider → whose list of prices its models stand in. The bundle has these lists only. */
export const PRICE_LISTS: Readonly<Record<string, string>> = { openai: 'openai', anthropic: 'anthropic' };

/** Adds the cost to completions that have none, where both the price and the usage are known. */
export function price({ describe, ...options }: PriceOptions & { describe(model: string): Priced }): Layer {
  return (next) => (request, context) => {
    const asking = next(request, context);
    preload(describe(request.model));
    return asking.then((answer) => {
      if (!answer.ok || answer.completion.costUsd !== undefined) return answer;
      const costUsd = costOf(describe(request.model), answer.completion, context.purpose, options);
      if (costUsd instanceof Promise) return costUsd.then((usd) => withCost(answer, usd));
      return withCost(answer, costUsd);
    });
  };
}

/**
 * Adds the cost to what was recorded without one, where the user has a price of their own for the model by now. What was recorded
 * with a cost keeps it, and the lists are not looked into: they change with the package and the date, a replay with its files only.
 */
export function recalledPrice({ describe }: { describe(model: string): Priced }): Layer {
  return (next) => (request, context) => {
    const asking = next(request, context);
    const { price: own } = describe(request.model);
    if (!own) return asking;
    return asking.then((answer) => {
      if (!answer.ok || answer.completion.costUsd !== undefined) return answer;
      const tokens = countable(answer.completion.usage, context.purpose);
      return withCost(answer, tokens && byOwn(own, tokens));
    });
  };
}

/**
 * Whether an answer of a model is paid for when it comes: that of a mock, too, where the user prices it. What finished outputs cost
 * was paid before.
 */
export function isCharged({ type, calls, price: own }: Pick<Priced, 'type' | 'calls' | 'price'>): boolean {
  return calls !== 'none' || (type === 'mock' && own !== undefined);
}

/** So long after the first question all that may be asked at once is on its way. */
const PRELOAD_MS = 150;
let preloading = false;

/** Loads the lists while the first answer is waited for, so that it need not wait for them. */
function preload({ type, calls, price: own }: Priced): void {
  if (preloading || own || calls === 'none' || !Object.hasOwn(PRICE_LISTS, type)) return;
  preloading = true;
  setTimeout(() => {
    loading ??= loadPrices();
    // Told by whoever needs them.
    loading.catch(() => undefined);
  }, PRELOAD_MS).unref();
}

function withCost(answer: Extract<Answer, { ok: true }>, costUsd: number | undefined): Answer {
  return costUsd === undefined ? answer : { ...answer, completion: { ...answer.completion, costUsd } };
}

/**
 * What a call would cost, in US dollars, for plans.
 * @returns undefined when the model's price is not known
 */
export async function estimateCost(
  model: Priced,
  inputTokens: number,
  outputTokens: number,
  options: PriceOptions,
): Promise<number | undefined> {
  return costOf(model, { usage: { inputTokens, outputTokens } }, 'trial', options);
}

/** At once, but for the first that stands in a list: the lists take long to load. */
function costOf(
  model: Priced,
  { usage, answeredBy }: Pick<Completion, 'usage' | 'answeredBy'>,
  purpose: Purpose,
  { date }: PriceOptions,
): number | undefined | Promise<number | undefined> {
  const tokens = countable(usage, purpose);
  if (model.price) return tokens && byOwn(model.price, tokens);
  // A mock truly costs nothing. What finished outputs once cost is not known.
  if (model.type === 'mock') return 0;
  if (model.calls === 'none' || !tokens) return undefined;
  const list = Object.hasOwn(PRICE_LISTS, model.type) ? PRICE_LISTS[model.type] : undefined;
  if (list === undefined) return undefined;
  const names = answeredBy === undefined ? [model.name] : [answeredBy, model.name];
  return byList(list, names, tokens, date());
}

interface Tokens {
  input: number;
  output: number;
  cached: number;
  written: number;
}

/** Tokens when they can be priced: both sides known (embeddings have no output), and those read from a cache or written to one part of the input. */
function countable(usage: Usage | undefined, purpose: Purpose): Tokens | undefined {
  const input = usage?.inputTokens;
  const output = usage?.outputTokens ?? (purpose === 'embedding' ? 0 : undefined);
  const cached = usage?.cachedInputTokens ?? 0;
  const written = usage?.cacheWriteTokens ?? 0;
  if (input === undefined || output === undefined) return undefined;
  const whole = [input, output, cached, written].every((each) => Number.isFinite(each) && each >= 0);
  return whole && cached + written <= input ? { input, output, cached, written } : undefined;
}

function byOwn(own: ModelPrice, { input, output, cached }: Tokens): number {
  const { cachedInput = own.input } = own;
  return ((input - cached) * own.input + cached * cachedInput + output * own.output) / 1e6;
}

/** The list comes with the package and is never updated over the network: a run calls nobody but its models. */
function byList(
  list: string,
  names: readonly string[],
  tokens: Tokens,
  timestamp: Date,
): number | undefined | Promise<number | undefined> {
  if (names.every((name) => found.get(`${list}:${name}`) === 'none')) return undefined;
  if (prices) return costIn(prices, list, names, tokens, timestamp);
  loading ??= loadPrices();
  return loading.then((loaded) => {
    prices = loaded;
    return costIn(loaded, list, names, tokens, timestamp);
  });
}

function costIn(
  { calcPrice }: Prices,
  list: string,
  names: readonly string[],
  { input, output, cached, written }: Tokens,
  timestamp: Date,
): number | undefined {
  const usage = {
    input_tokens: input,
    output_tokens: output,
    ...(cached > 0 && { cache_read_tokens: cached }),
    ...(written > 0 && { cache_write_tokens: written }),
  };
  for (const name of names) {
    const key = `${list}:${name}`;
    const known = found.get(key);
    if (known === 'none') continue;
    const priced = priceOrNone(() => calcPrice(usage, name, { ...(known ?? { providerId: list }), timestamp }));
    if (known === undefined) {
      if (found.size >= MOST_FOUND) found.clear();
      found.set(key, priced ? { provider: { ...priced.provider, models: [priced.model] } } : 'none');
    }
    const total = priced?.total_price;
    if (total !== undefined && Number.isFinite(total) && total >= 0) return total;
  }
  return undefined;
}

const loadPrices = () => import('@pydantic/genai-prices');
type Prices = Awaited<ReturnType<typeof loadPrices>>;
let loading: Promise<Prices> | undefined;
let prices: Prices | undefined;

/** Where each name stands in the lists, or that it does not: hundreds of patterns are tried for a name, once. */
const found = new Map<string, { provider: Provider } | 'none'>();
/** Answers name models as they like. */
const MOST_FOUND = 1000;

/** The list throws where a model is priced by units that we do not have: no reason to lose the answer. */
function priceOrNone<T>(calculate: () => T | null): T | undefined {
  try {
    return calculate() ?? undefined;
  } catch {
    return undefined;
  }
}
