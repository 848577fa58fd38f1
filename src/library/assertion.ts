import type { AssertionDefinition, Declared } from '../assertions/assertion.js';
import { problems as make } from '../errors.js';
import { compilePath } from '../json-path.js';
import type { WrittenAssertion } from '../schemas/cases.js';
import type { Assertion, Json, JsonObject, Place } from '../vocabulary.js';
import type { AssertionTypes, FoundType } from './assertion-types.js';
import type { Report } from './findings.js';
import type { Providers } from './models.js';
import type { DiscoverOptions } from './options.js';
import { renderText, textTagNames } from './render.js';
import { type Path, REFUSED_KEYS, type Source, within } from './source.js';
import { isObject } from '../objects.js';
import { faultsOf, reportFaults } from './validate.js';

/** What reading assertions of a prompt needs. */
export interface AssertionContext {
  types: AssertionTypes;
  providers: Providers;
  /** The prompt's output schema. */
  output?: JsonObject;
  checkTransform?: DiscoverOptions['checkTransform'];
}

/** What a case gives its assertions, and where it stands. */
export interface Scope {
  vars: JsonObject;
  expected?: Json;
  source: Source;
  /** Where to say that there is no expected value: at a case's own assertion, or at the case for one of the defaults. */
  lacking: Place;
}

/** A declared assertion, read once and filled in for each case. */
export interface PreparedAssertion {
  place: Place;
  /** Names of the variables its texts read. */
  uses: ReadonlySet<string>;
  /** Its scorer runs the user's code, which may look at any variable. */
  runsCode: boolean;
  /** Whether it counts at all. */
  level: Assertion['level'];
  /** The assertion of one case; undefined after reporting what is wrong. The same object for every case where nothing differs. */
  forCase(scope: Scope, report: Report): Assertion | undefined;
}

const RESERVED_METRICS = new Set(['pass', 'score']);
/**
 * Reads an assertion: finds its type and checks what does not depend on the case.
 * @param source the assertion's place in its file
 * @returns undefined after reporting what is wrong
 */
export function prepareAssertion(
  written: WrittenAssertion,
  source: Source,
  context: AssertionContext,
  report: Report,
): PreparedAssertion | undefined {
  const found = context.types.find(written.type, written.value !== undefined);
  if (!found) {
    report(make['unknown-assertion'](written.type, context.types.near(written.type), source.place(['type'])));
    return undefined;
  }
  let failed = false;
  const note: Report = (problem) => {
    failed = true;
    report(problem);
  };
  checkKeys(written, found, source, context, note);
  if (failed) return undefined;
  const value = written.value as Json | undefined;
  const spec: Spec = {
    base: normalise(written, found, source.place([])),
    type: found.written,
    definition: found.definition,
    source,
    ...(context.output && { output: context.output }),
    ...(value !== undefined && { value }),
    templated: value !== undefined && hasTags(value),
    fallsBack: value === undefined && found.definition.needs === 'expected',
  };
  const { base, definition } = spec;
  const common = {
    place: base.place,
    uses: textNames(value),
    runsCode: definition.runsCode === true,
    level: base.level,
  };
  if (spec.fallsBack) return { ...common, forCase: fillerOf(spec) };
  if (spec.templated) return { ...common, forCase: (scope, caseReport) => fill(spec, scope, caseReport) };
  const assertion = fill(spec, { vars: {}, source, lacking: base.place }, note);
  return assertion && { ...common, forCase: () => assertion };
}

/** An assertion as far as it does not depend on the case. */
interface Spec {
  /** Without a value. */
  base: Assertion;
  /** The type as people write it, with `not-`. */
  type: string;
  definition: AssertionDefinition;
  source: Source;
  output?: JsonObject;
  value?: Json;
  /** Its value holds texts to fill in. */
  templated: boolean;
  /** Its value is the expected one of the case. */
  fallsBack: boolean;
}

function checkKeys(
  written: WrittenAssertion,
  found: FoundType,
  source: Source,
  context: AssertionContext,
  note: Report,
): void {
  const { definition, written: type } = found;
  const none = (key: string): void => note(make['takes-none'](type, key, source.place([key], 'key')));
  if (written.value !== undefined && definition.needs === 'none') none('value');
  if (written.value === undefined && definition.needs === 'required')
    note(make['missing-value'](type, false, source.place([])));
  if (written.options !== undefined && definition.options === undefined) none('options');
  if (written.path !== undefined && definition.textless) none('path');
  if (written.transform !== undefined && definition.textless) none('transform');
  if (definition.options !== undefined) {
    const faults = faultsOf(definition.options, (written.options ?? {}) as JsonObject, 'options');
    reportFaults(faults, source, ['options'], note);
    if (faults.length === 0 && definition.asks) checkModel(written.options ?? {}, definition, source, context, note);
  }
  checkThreshold(written.threshold, found, source, note);
  if (written.metric !== undefined && RESERVED_METRICS.has(written.metric)) {
    note(make['reserved-metric'](written.metric, source.place(['metric'])));
  }
  if (written.metric !== undefined && REFUSED_KEYS.has(written.metric)) {
    note(make['forbidden-name'](written.metric, source.place(['metric'])));
  }
  const path = written.path === undefined ? undefined : compilePath(written.path);
  if (path && !path.ok) note(make['bad-path'](path.message, source.place(['path'])));
  const transform = written.transform === undefined ? undefined : context.checkTransform?.(written.transform);
  if (transform) note(make['bad-transform'](transform.message, transform.remedy, source.place(['transform'])));
}

/** The model that an assertion asks instead of the config's: held to the same rules, and told where it stands. */
function checkModel(
  { model, parameters }: { model?: unknown; parameters?: unknown },
  { asks }: AssertionDefinition,
  source: Source,
  { providers }: AssertionContext,
  note: Report,
): void {
  if (typeof model === 'string') {
    const place = source.place(['options', 'model']);
    const problem = asks === 'judge' ? providers.judgeProblem(model, place) : providers.embedderProblem(model, place);
    if (problem) note(problem);
  }
  const inner = (path: Path, of: 'key' | 'value'): Place => source.place(['options', 'parameters', ...path], of);
  providers.checkParameters(parameters as Json | undefined, inner, note);
}

function checkThreshold(threshold: number | undefined, found: FoundType, source: Source, note: Report): void {
  const limits = found.definition.threshold;
  if (threshold === undefined) {
    if (limits?.required) note(make['required-key']('threshold', `the assertion "${found.written}"`, source.place([])));
    return;
  }
  if (!limits) {
    note(make['takes-none'](found.written, 'threshold', source.place(['threshold'], 'key')));
    return;
  }
  const { minimum, maximum = Number.POSITIVE_INFINITY } = limits;
  if (threshold >= minimum && threshold <= maximum) return;
  const range = limits.maximum === undefined ? `at least ${minimum}` : `from ${minimum} to ${limits.maximum}`;
  note(make['wrong-value']('threshold', `must be ${range}, not ${threshold}`, undefined, source.place(['threshold'])));
}

/** The assertion with its defaults filled in and without a value. */
function normalise(written: WrittenAssertion, found: FoundType, place: Place): Assertion {
  const threshold = written.threshold ?? found.definition.threshold?.default;
  return {
    type: found.definition.type,
    negated: found.negated,
    options: (written.options ?? {}) as JsonObject,
    ...(threshold !== undefined && { threshold }),
    weight: written.weight ?? 1,
    metric: written.metric ?? found.written,
    ...(written.path !== undefined && { path: written.path }),
    level: written.level ?? 'error',
    ...(written.transform !== undefined && { transform: written.transform }),
    place,
  };
}

/** So many different expected texts are remembered: most sets of cases have a few labels, or as many texts as cases. */
const MOST_FILLED = 256;

/** Fills in expected values: the same object for cases that expect the same text. */
function fillerOf(spec: Spec): PreparedAssertion['forCase'] {
  const known = new Map<string, Assertion>();
  return (scope, report) => {
    const { expected } = scope;
    if (typeof expected !== 'string') return fill(spec, scope, report);
    const filled = known.get(expected) ?? fill(spec, scope, report);
    if (filled && known.size < MOST_FILLED) known.set(expected, filled);
    return filled;
  };
}

function fill(spec: Spec, scope: Scope, report: Report): Assertion | undefined {
  let failed = false;
  const note: Report = (problem) => {
    failed = true;
    report(problem);
  };
  const { base, fallsBack } = spec;
  const value = fallsBack ? scope.expected : spec.templated ? filledIn(spec, scope, note) : spec.value;
  if (fallsBack && value === undefined) note(make['missing-value'](spec.type, true, scope.lacking));
  if (failed) return undefined;
  checkValue(spec, value, scope, note);
  return failed ? undefined : value === undefined ? base : { ...base, value };
}

/** What the type's schema and the type itself say about a value. */
function checkValue(
  { base, type, definition, output, source, fallsBack }: Spec,
  value: Json | undefined,
  scope: Scope,
  note: Report,
): void {
  const at = fallsBack ? within(scope.source, ['expected'], null) : within(source, ['value'], null);
  const faults = value === undefined ? [] : faultsOf(definition.value, value, 'value');
  reportFaults(faults, at, [], note);
  if (faults.length > 0 || !definition.check) return;
  const { options, threshold } = base;
  const declared: Declared = {
    options,
    ...(value !== undefined && { value }),
    ...(threshold !== undefined && { threshold }),
    ...(fallsBack && value !== undefined && { expected: value }),
    ...(output && { output }),
  };
  for (const { message, remedy } of definition.check(declared)) {
    note(make['bad-assertion'](type, message, remedy, value === undefined ? base.place : at.place([])));
  }
}

function filledIn({ value = null, source, type }: Spec, { vars, expected }: Scope, note: Report): Json {
  return render(value, expected === undefined ? vars : { ...vars, expected }, source, type, note);
}

/** Renders every text in a value once; keys stay as they are. */
function render(
  value: Json,
  names: JsonObject,
  source: Source,
  type: string,
  note: Report,
  path: Path = ['value'],
): Json {
  if (typeof value === 'string') {
    const result = renderText(value, names);
    if (result.ok) return result.text;
    note(
      make['bad-assertion'](
        type,
        `its text cannot be filled in: ${result.message}`,
        'Correct the text, or give the variable.',
        source.place(path),
      ),
    );
    return value;
  }
  if (Array.isArray(value))
    return value.map((item, index) => render(item, names, source, type, note, [...path, index]));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    render(item, names, source, type, note, [...path, key]),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

function textNames(value: Json | undefined, names: Set<string> = new Set()): Set<string> {
  if (typeof value === 'string') for (const name of textTagNames(value)) names.add(name);
  else if (Array.isArray(value)) for (const item of value) textNames(item, names);
  else if (isObject(value)) for (const item of Object.values(value)) textNames(item, names);
  return names;
}

/** Also true for a text whose tags name nothing, or that cannot be read. */
function hasTags(value: Json): boolean {
  if (typeof value === 'string') return value.includes('{{');
  if (Array.isArray(value)) return value.some(hasTags);
  return isObject(value) && Object.values(value).some(hasTags);
}
