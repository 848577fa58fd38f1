import { problems } from '../errors.js';
import type { Config, Problem, ProviderSettings } from '../vocabulary.js';
import { providerTypes } from './map.js';
import { nearMiss } from './near-miss.js';
import type { ProviderDefinition } from './provider.js';

/** A model string taken apart, and the provider it names. */
export interface NamedModel {
  /** As in the config, or the type of one that needs no configuration. */
  provider: string;
  /** What stands behind the first colon; may hold more of them. */
  name: string;
  definition: ProviderDefinition;
  settings: ProviderSettings;
}

/** The configured providers, with the prices of their models; `types`: all kinds in force, by default the built-in ones. */
export interface Providers extends Pick<Config, 'providers' | 'prices'> {
  types?: ReadonlyMap<string, ProviderDefinition>;
}

/** The kinds of provider in force. */
export function typesOf({ types }: Providers): ReadonlyMap<string, ProviderDefinition> {
  return types ?? providerTypes;
}

/** What `provider:name` stands for, or what is wrong with it. A configured name goes before a type. */
export function namedModel(
  model: string,
  config: Providers,
): { ok: true; model: NamedModel } | { ok: false; problem: Problem } {
  const colon = model.indexOf(':');
  const provider = model.slice(0, Math.max(colon, 0));
  const name = model.slice(colon + 1);
  if (provider === '' || name.trim() === '') return { ok: false, problem: problems['bad-model'](model) };
  const settings = settingsOf(provider, config);
  const definition = settings && typesOf(config).get(settings.type);
  if (definition) return { ok: true, model: { provider, name, definition, settings } };
  const known = [...new Set([...Object.keys(config.providers), ...typesOf(config).keys()])].toSorted();
  return { ok: false, problem: problems['unknown-provider'](provider, model, known, nearMiss(provider, known)) };
}

/** The providers of a config that cannot be: of an unknown type, or named like a type they are not of. */
export function providerProblems(config: Providers): Problem[] {
  const kinds = typesOf(config);
  const types = [...kinds.keys()];
  return Object.entries(config.providers).flatMap(([name, { type }]) => {
    if (!kinds.has(type)) {
      const near = nearMiss(type, types);
      const remedy = near ? `Did you mean "${near}"?` : `The types are ${types.join(', ')}.`;
      return [problems['bad-provider'](name, `there is no type "${type}"`, remedy)];
    }
    if (!kinds.has(name) || name === type) return [];
    const remedy = `Give it another name: everyone would take "${name}" for that type.`;
    return [problems['bad-provider'](name, `it is named like a type, but is of type "${type}"`, remedy)];
  });
}

/** The settings of a provider: those of the config, or none for a type that is used without configuration. */
export function settingsOf(provider: string, config: Providers): ProviderSettings | undefined {
  if (Object.hasOwn(config.providers, provider)) return config.providers[provider];
  return typesOf(config).has(provider) ? { type: provider } : undefined;
}
