import { problems as make } from '../errors.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { Json, ModelChoice, Place, Problem, ProviderSettings } from '../vocabulary.js';
import type { Report } from './findings.js';
import { nearest } from './nearest.js';
import type { Path } from './source.js';
import { isObject } from '../objects.js';
import { faultsOf } from './validate.js';

/** Names of parameters that every provider understands. */
const PARAMETERS = ['maxTokens', 'temperature', 'topP', 'stop', 'seed', 'stream'];
/** 2026-01-31, 20260131, -0131 (month and day), -2601 (year and month), -01-2026. */
const DATED =
  /(?<!\d)20\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?!\d)|-(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?!\d)|-2\d(?:0[1-9]|1[0-2])(?!\d)|-(?:0[1-9]|1[0-2])-20\d\d(?!\d)/;
/** Providers that run an application: they are handed the variables themselves. */
const APPLICATIONS = new Set(['exec', 'module', 'http']);

/** The providers that model names may begin with: those of the config, then the known types. */
export class Providers {
  constructor(
    private readonly configured: Readonly<Record<string, ProviderSettings>>,
    private readonly definitions: ReadonlyMap<string, ProviderDefinition>,
  ) {}

  names(): string[] {
    return [...new Set([...Object.keys(this.configured), ...this.definitions.keys()])];
  }

  /** The definition and settings behind a model name. */
  behind(model: string): { definition: ProviderDefinition; settings: ProviderSettings } | undefined {
    const name = model.slice(0, model.indexOf(':'));
    const settings = Object.hasOwn(this.configured, name) ? this.configured[name] : undefined;
    const definition = this.definitions.get(settings?.type ?? name);
    return definition && { definition, settings: settings ?? { type: name } };
  }

  /** What is wrong with a model name, if anything. */
  problem(model: string, place?: Place): Problem | undefined {
    const colon = model.indexOf(':');
    if (colon < 1 || colon === model.length - 1) return make['bad-model-name'](model, place);
    const name = model.slice(0, colon);
    const found = this.behind(model);
    if (found) {
      if (Object.hasOwn(this.configured, name)) return undefined;
      const [fault] = faultsOf(found.definition.settings, {}, 'its settings');
      return fault && make['unconfigured-provider'](name, fault.problem(place).message, place);
    }
    // A configured provider of an unknown type is reported where it is configured.
    if (Object.hasOwn(this.configured, name)) return undefined;
    const known = this.names();
    const problem = make['unknown-provider'](name, model, known, nearest(name, known));
    return place ? { ...problem, place } : problem;
  }

  /** What is wrong with the name of a model that is to embed, if anything: some cannot. */
  embedderProblem(model: string, place: Place): Problem | undefined {
    const problem = this.problem(model, place);
    if (problem || this.behind(model)?.definition.embeds?.(model.slice(model.indexOf(':') + 1)) !== false)
      return problem;
    return make['no-embeddings'](model, place);
  }

  /** What is wrong with a judge's name, if anything: one without a date is refused, too. */
  judgeProblem(model: string, place: Place): Problem | undefined {
    return this.problem(model, place) ?? (this.isUndated(model) ? make['undated-judge'](model, place) : undefined);
  }

  /** Whether a model grades under one name today and another tomorrow. Local and scripted models are the user's own to pin. */
  private isUndated(model: string): boolean {
    const found = this.behind(model);
    if (!found || found.definition.calls !== 'network' || isLoopback(found.settings.baseURL ?? found.settings.url))
      return false;
    return !DATED.test(model.slice(model.indexOf(':') + 1));
  }

  /** Whether any of these models is an application that gets the variables, whatever the template uses. */
  takeVariables(models: readonly ModelChoice[]): boolean {
    return models.some(({ model }) => APPLICATIONS.has(this.behind(model)?.definition.type ?? ''));
  }

  /** Reports parameters that are neither neutral names nor a provider's own. */
  checkParameters(
    parameters: Json | undefined,
    place: (path: Path, of: 'key' | 'value') => Place,
    report: Report,
  ): void {
    if (!isObject(parameters)) return;
    const known = this.names();
    for (const [key, value] of Object.entries(parameters)) {
      if (PARAMETERS.includes(key)) continue;
      if (!known.includes(key)) {
        report(make['unknown-key'](key, nearest(key, [...PARAMETERS, ...known]), place([key], 'key')));
      } else if (!isObject(value)) {
        report(make['wrong-type'](`parameters.${key}`, 'a map of keys', JSON.stringify(value), place([key], 'value')));
      }
    }
  }
}

function isLoopback(url: Json | undefined): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}

/** Models as written, normalised; one given twice is reported. */
export function normaliseModels(
  written: readonly (string | { model: string; replaces?: string })[],
  place: (path: Path) => Place | undefined,
  providers: Providers,
  report: Report,
): ModelChoice[] {
  const seen = new Set<string>();
  return written.map((each, index) => {
    const choice = typeof each === 'string' ? { model: each } : { ...each };
    const at = place(typeof each === 'string' ? [index] : [index, 'model']);
    const problem = seen.has(choice.model)
      ? make['duplicate-model'](choice.model, at)
      : providers.problem(choice.model, at);
    if (problem) report(problem);
    seen.add(choice.model);
    return choice;
  });
}
