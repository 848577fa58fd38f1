import { isAbsolute, resolve } from 'node:path';
import { problems, UserError } from '../errors.js';
import { contentHash } from '../hash.js';
import { grouped } from '../lists.js';
import { ownPriceOf } from '../own-prices.js';
import { type AllowedHost, addressProblem, allowedHosts, isLoopback, mayReach } from '../trust/hosts.js';
import { keyProblem } from '../trust/keys.js';
import { gitRootOf, insideRoot } from '../trust/paths.js';
import { createRedactor } from '../trust/redact.js';
import type { Problem } from '../vocabulary.js';
import { type NamedModel, namedModel, type Providers, providerProblems, typesOf } from './models.js';
import type { ModelDescription, Provider, ProviderContext, ProviderPool } from './provider.js';
import { guardedFetch } from './wire.js';
import { blocked } from './wire-failure.js';

/** What providers take from outside. */
export interface ProviderWorld {
  env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds on a clock that never runs backwards. */
  now(): number;
  /** The project root, absolute. Paths in settings start here, and may reach as far as the git repository around it. */
  root: string;
  /** From the command line or the environment, never from a config. */
  allowCode: boolean;
  /** As --allow-host and ASSAY_ALLOW_HOST have them: host or host:port. */
  allowHosts: readonly string[];
  /** Names of variables, as --allow-key and ASSAY_ALLOW_KEY have them. */
  allowKeys: readonly string[];
  /** The longest silence within an answer, in milliseconds. */
  idleMs?: number;
  /** Instead of the network: still asked for allowed hosts only. */
  fetch?: typeof fetch;
}

/** A pool with what a run does before its first call. */
export interface OpenedProviders extends ProviderPool {
  /** The values of all keys that providers may hold: to be redacted from everything that is written. */
  secrets(): string[];
  /**
   * Makes the providers of these models that read files or load code, so that their mistakes show before anything is called.
   * SDKs are left until they are used; code is left alone when nothing is called.
   */
  prepare(models: readonly string[], run: { calling: boolean }): Promise<Problem[]>;
}

/**
 * All that is wrong with the models of a run, before anything is called: unknown providers, code that is not allowed, hosts
 * that are not allowed, keys and files that are missing.
 * @param run `calling: false` (replay): no network provider will be called, so keys do not matter; hosts, code and files do
 */
export function checkProviders(
  models: readonly string[],
  config: Providers,
  world: ProviderWorld,
  run: { calling: boolean } = { calling: true },
): Problem[] {
  const allowed = allowedHosts(world.allowHosts);
  const found = [...providerProblems(config), ...allowed.problems];
  const broken = new Set(
    Object.keys(config.providers).filter((name) => !typesOf(config).has(config.providers[name]?.type ?? '')),
  );
  const used: NamedModel[] = [];
  for (const text of new Set(models)) {
    const named = namedModel(text, config);
    if (named.ok) used.push(named.model);
    else if (!broken.has(text.split(':')[0] ?? '')) found.push(named.problem);
  }
  for (const same of grouped(used, ({ provider }) => provider).values())
    found.push(...checkProvider(same, allowed.hosts, world, run.calling));
  return found;
}

function checkProvider(
  models: readonly NamedModel[],
  allowed: readonly AllowedHost[],
  world: ProviderWorld,
  calling: boolean,
): Problem[] {
  const [first] = models;
  if (!first) return [];
  const { provider, definition, settings } = first;
  const context = { name: provider, settings, env: world.env, resolve: resolver(world.root) };
  const found: Problem[] = [];
  if (definition.calls === 'code' && !world.allowCode) found.push(codeProblem(first));
  // In a replay, too: a pull request that names a foreign host must not look clean until somebody records.
  const addresses = definition.hosts?.(context) ?? [];
  for (const address of addresses) {
    const problem = addressProblem(provider, address, allowed);
    if (problem) found.push(problem);
  }
  for (const variable of definition.keys(settings)) {
    const problem = keyProblem(provider, variable, world.allowKeys);
    if (problem) found.push(problem);
  }
  if (definition.check)
    return [...found, ...definition.check({ ...context, models: models.map(({ name }) => name), calling })];
  const local = addresses.some(({ url }) => URL.canParse(url) && isLoopback(new URL(url)));
  const keys = definition.keys(settings);
  if (calling && !local && keys.length > 0 && !keys.some((key) => world.env[key])) {
    found.push(problems['missing-key'](provider, keys));
  }
  return found;
}

function codeProblem({ provider, definition }: NamedModel): Problem {
  return problems['code-not-allowed'](`provider "${provider}" (${definition.type})`);
}

/** The providers of a run: each is made once, when it is first used, and keeps to the hosts and the code it is allowed. */
export function providerPool(config: Providers, world: ProviderWorld): OpenedProviders {
  return new Pool(config, world);
}

class Pool implements OpenedProviders {
  readonly #config: Providers;
  readonly #world: ProviderWorld;
  readonly #allowed: readonly AllowedHost[];
  readonly #made = new Map<string, Promise<Provider>>();
  /** By model: every layer around a question asks. */
  readonly #described = new Map<string, ModelDescription>();
  readonly #closing: (() => Promise<void>)[] = [];

  constructor(config: Providers, world: ProviderWorld) {
    this.#config = config;
    this.#world = world;
    this.#allowed = allowedHosts(world.allowHosts).hosts;
  }

  describe(model: string): ModelDescription {
    const known = this.#described.get(model) ?? this.#describe(model);
    this.#described.set(model, known);
    return known;
  }

  #describe(model: string): ModelDescription {
    const named = this.#named(model);
    const { provider, name, definition, settings } = named;
    const { concurrency, limits } = settings;
    const account = accountOf(named, this.#world);
    const price = ownPriceOf(`${provider}:${name}`, this.#config.prices);
    return {
      provider,
      ...(account !== undefined && { account }),
      type: definition.type,
      name,
      calls: definition.calls,
      ...(concurrency !== undefined && { concurrency }),
      ...(limits !== undefined && { limits }),
      ...(price && { price }),
    };
  }

  get(model: string): Promise<Provider> {
    const { provider } = this.describe(model);
    const made = this.#made.get(provider) ?? this.#make(this.#named(model));
    this.#made.set(provider, made);
    return made;
  }

  async prepare(models: readonly string[], run: { calling: boolean }): Promise<Problem[]> {
    const early = models.filter((model) => {
      const { calls } = this.#named(model).definition;
      return calls === 'none' || (calls === 'code' && run.calling);
    });
    const perProvider = new Map(early.map((model) => [this.#named(model).provider, model]));
    const outcomes = await Promise.allSettled([...perProvider.values()].map((model) => this.get(model)));
    return outcomes.flatMap((outcome) => {
      if (outcome.status === 'fulfilled') return [];
      if (outcome.reason instanceof UserError) return outcome.reason.problems;
      throw outcome.reason;
    });
  }

  secrets(): string[] {
    const { env } = this.#world;
    const bare = [...typesOf(this.#config).values()].map((definition) => definition.keys({ type: definition.type }));
    const configured = Object.values(this.#config.providers).map(
      (settings) => typesOf(this.#config).get(settings.type)?.keys(settings) ?? [],
    );
    const names = new Set([...bare, ...configured].flat());
    return [...names].map((name) => env[name]).filter((value): value is string => value !== undefined && value !== '');
  }

  async close(): Promise<void> {
    const made = await Promise.allSettled(this.#made.values());
    this.#made.clear();
    const closing = made.map((each) => (each.status === 'fulfilled' ? each.value.close?.() : undefined));
    await Promise.allSettled([...closing, ...this.#closing.splice(0).map((close) => close())]);
  }

  #named(model: string): NamedModel {
    const named = namedModel(model, this.#config);
    if (named.ok) return named.model;
    throw new UserError([named.problem]);
  }

  async #make(named: NamedModel): Promise<Provider> {
    const { provider, definition, settings } = named;
    const { env, now, root, allowCode } = this.#world;
    // Checked before a run, too; here so that no way around that check can start code.
    if (definition.calls === 'code' && !allowCode) throw new UserError([codeProblem(named)]);
    const redact = createRedactor(this.secrets());
    const context = { name: provider, settings, env, root, now, redact, resolve: resolver(root) };
    return definition.create({ ...context, fetch: this.#fetchFor(named) });
  }

  #fetchFor({ definition, settings }: NamedModel): ProviderContext['fetch'] {
    const addresses = definition.hosts?.({ settings, env: this.#world.env }) ?? [];
    const trusted = addresses.filter((address) => address.trusted).map((address) => address.url);
    const allowed = (url: URL) => definition.calls === 'network' && mayReach(url, trusted, this.#allowed);
    const { fetch, idleMs } = this.#world;
    if (fetch) return checkedFetch(fetch, allowed);
    const guarded = guardedFetch({ allowed, ...(idleMs !== undefined && { idleMs }) });
    this.#closing.push(guarded.close);
    return guarded.fetch;
  }
}

/** Names the account that a provider's calls are charged to, by a hash: it is made of keys. */
function accountOf({ definition, settings }: NamedModel, { env }: ProviderWorld): string | undefined {
  const addresses = definition.hosts?.({ settings, env }) ?? [];
  if (definition.calls !== 'network' || addresses.length === 0) return undefined;
  // What an SDK sends it to and how it is sent has no account of its own; any other setting may choose one.
  const { concurrency: _own, limits: _rates, api: _form, baseURL: _address, apiKeyEnv: _key, ...rest } = settings;
  const keys = definition.keys(settings).map((variable) => env[variable] ?? null);
  return contentHash([definition.type, addresses.map(({ url }) => url), keys, rest], 64);
}

/** The world's own fetch behind the same two rules: allowed hosts only, and no redirects. */
function checkedFetch(inner: typeof fetch, allowed: (url: URL) => boolean): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!allowed(url)) throw blocked(`requests to ${url.host} are not allowed`);
    return inner(input, { ...init, redirect: 'error' });
  };
}

/** Paths as a config writes them: from the project root, inside the repository. A Windows path is no name of a file anywhere. */
function resolver(root: string): ProviderContext['resolve'] {
  const border = gitRootOf(root) ?? root;
  return (path) => {
    if (/^[A-Za-z]:|^\\\\/.test(path) && !isAbsolute(path)) {
      throw new UserError([problems['outside-root'](path, 'it leads outside')]);
    }
    return insideRoot(border, resolve(root, path));
  };
}
