import { posix } from 'node:path';
import { problems as make } from '../errors.js';
import type { ProviderDefinition } from '../providers/provider.js';
import { configSchema, type WrittenConfig, type WrittenOverride } from '../schemas/config.js';
import type { Config, JsonObject, Place, ProviderSettings } from '../vocabulary.js';
import type { Report } from './findings.js';
import { type NamedMetric, namedMetrics } from './gated-metrics.js';
import { DEFAULT_GATE, mergeGate, normaliseRepeats } from './gate-settings.js';
import { normaliseModels, Providers } from './models.js';
import { nearest } from './nearest.js';
import { loadSource } from './load-source.js';
import type { Path, Source } from './source.js';
import { isObject } from '../objects.js';
import type { Tree } from './tree.js';
import { faultsOf, reportFaults, salvaged } from './validate.js';

/** The config, normalised, with what only discovery needs of it. */
export interface Settings {
  config: Config;
  providers: Providers;
  overrides: { written: WrittenOverride; place: Source['place'] }[];
  /** The metrics that the config's own gate names. */
  gated: NamedMetric[];
  /** Models were given, but cannot be read: that a prompt has none would be a second report of one mistake. */
  modelsBroken: boolean;
  /** Library folders were given, but cannot be read: which prompts there are, cannot be told. */
  libraryBroken: boolean;
}

/**
 * Reads the config file. With problems, what could be read has its defaults, so that the rest of the project is checked, too.
 * @param path relative to the root; absent: a project without config
 */
export function readConfig(
  tree: Tree,
  path: string | undefined,
  definitions: ReadonlyMap<string, ProviderDefinition>,
  report: Report,
): Settings {
  const loaded = path === undefined ? undefined : loadSource(tree, path, report);
  const source = loaded?.value === null ? { ...loaded, value: {} } : loaded;
  const { value: written, broken } = source
    ? salvaged(configSchema, source, report, 'the config', ['providers', 'prices'])
    : { value: {}, broken: new Set<string>(path === undefined ? [] : ['models']) };
  const place = (at: Path, of?: 'key' | 'value'): Place =>
    source?.place(at, of) ?? { file: path ?? 'assay.config.yaml', line: 1, column: 1 };

  const unchecked = broken.has('providers') && isObject(source?.value) ? source.value.providers : undefined;
  const configured = source ? readProviders(written, definitions, source, report) : {};
  // A provider with a mistake is still a provider: the models that name it are right.
  for (const name of isObject(unchecked) ? Object.keys(unchecked) : []) configured[name] ??= { type: '' };
  const providers = new Providers(configured, definitions);
  const config: Config = {
    ...(path !== undefined && { file: path }),
    library: readLibrary(written, place, report),
    providers: configured,
    ...readPrices(written, providers, place, report),
    models: normaliseModels(written.models ?? [], (at) => place(['models', ...at]), providers, report),
    mode: written.mode ?? 'replay',
    repeats: normaliseRepeats(written.repeats ?? 1),
    concurrency: written.concurrency ?? 16,
    ...(written.judge && { judge: written.judge as Config['judge'] }),
    gate: mergeGate(DEFAULT_GATE, written.gate),
    policy: written.policy ?? {},
  };
  checkRepeats(written.repeats, place(['repeats']), report);
  checkJudge(config, providers, place, report);
  const overrides = (written.overrides ?? []).map((each, index) => {
    const within = (at: Path, of?: 'key' | 'value'): Place => place(['overrides', index, ...at], of);
    checkSettings(each, within, providers, report);
    return { written: each, place: within };
  });
  const modelsBroken = broken.has('models') || broken.has('overrides');
  return {
    config,
    providers,
    overrides,
    gated: namedMetrics(written.gate, place),
    modelsBroken,
    libraryBroken: broken.has('library'),
  };
}

/** What front matter and overrides share beyond what a schema can say. */
export function checkSettings(
  written: Pick<WrittenOverride, 'models' | 'parameters' | 'repeats'>,
  place: (path: Path, of?: 'key' | 'value') => Place,
  providers: Providers,
  report: Report,
): void {
  normaliseModels(written.models ?? [], (at) => place(['models', ...at]), providers, report);
  providers.checkParameters(written.parameters as JsonObject, (at, of) => place(['parameters', ...at], of), report);
  checkRepeats(written.repeats, place(['repeats']), report);
}

function checkRepeats(written: WrittenConfig['repeats'], place: Place, report: Report): void {
  if (typeof written !== 'object' || written.min <= written.max) return;
  report(make['repeats-range'](written.min, written.max, place));
}

function checkJudge(config: Config, providers: Providers, place: Source['place'], report: Report): void {
  if (!config.judge) return;
  const { model, parameters } = config.judge;
  const problem = providers.judgeProblem(model, place(['judge', 'model']));
  if (problem) report(problem);
  const inner = (path: Path, of: 'key' | 'value'): Place => place(['judge', 'parameters', ...path], of);
  providers.checkParameters(parameters as JsonObject, inner, report);
}

/** A price for a model that cannot be is a mistake, and not one that goes unnoticed. Without prices there is no such key. */
function readPrices(
  { prices = {} }: WrittenConfig,
  providers: Providers,
  place: Source['place'],
  report: Report,
): Pick<Config, 'prices'> {
  const models = Object.keys(prices);
  for (const model of models) {
    const problem = providers.problem(model, place(['prices', model], 'key'));
    if (problem) report(problem);
  }
  return models.length > 0 ? { prices } : {};
}

function readLibrary(written: WrittenConfig, place: Source['place'], report: Report): string[] {
  return (written.library ?? ['evals']).flatMap((folder, index) => {
    const path = posix.normalize(folder).replace(/\/$/, '');
    const outside = path === '..' || path.startsWith('../') || posix.isAbsolute(path) || /\\|^[A-Za-z]:/.test(path);
    if (!outside) return [path];
    const why = 'a library folder lies inside the project and is written with /';
    report(make['outside-root'](folder, why, place(['library', index])));
    return [];
  });
}

function readProviders(
  written: WrittenConfig,
  definitions: ReadonlyMap<string, ProviderDefinition>,
  source: Source,
  report: Report,
): Record<string, ProviderSettings> {
  const configured: Record<string, ProviderSettings> = {};
  for (const [name, each] of Object.entries(written.providers ?? {})) {
    const settings = each as ProviderSettings;
    configured[name] = settings;
    const definition = definitions.get(settings.type);
    const at: Path = ['providers', name];
    if (!definition) {
      const known = [...definitions.keys()].join(', ');
      const what = `must be one of ${known}, not "${settings.type}"`;
      const near = nearest(settings.type, definitions.keys());
      report(make['wrong-value'](`providers.${name}.type`, what, near, source.place([...at, 'type'])));
      continue;
    }
    const { type: _type, concurrency: _concurrency, limits: _limits, ...rest } = settings;
    const faults = faultsOf(definition.settings, rest as JsonObject, `providers.${name}`);
    reportFaults(faults, source, at, report);
  }
  return configured;
}
