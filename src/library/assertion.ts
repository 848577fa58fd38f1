import type { AssertionDefinition, Declared } from '../assertions/assertion.js';
import { problems as make } from '../errors.js';
import { canonicalJson } from '../hash.js';
import { compilePath } from '../json-path.js';
import type { WrittenAssertion } from '../schemas/cases.js';
import type { Assertion, Json, JsonObject, Place } from '../vocabulary.js';
import type { AssertionTypes, FoundType } from './assertion-types.js';
import type { Report } from './findings.js';
import type { DiscoverOptions } from './options.js';
import { renderText, textTagNames } from './render.js';
import { isObject, type Path, type Source, within } from './source.js';
import { faultsOf, reportFaults } from './validate.js';

/** What reading assertions of a prompt needs. */
export interface AssertionContext {
  types: AssertionTypes;
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
/** Results of `check`, by type and content: equal assertions of many cases are checked once. */
const MOST_CHECKS = 2000;
const checks = new WeakMap<AssertionDefinition, Map<string, ReturnType<NonNullable<AssertionDefinition['check']>>>>();

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
  const base = normalise(written, found, source.place([]));
  const value = written.value as Json | undefined;
  const uses = textNames(value);
  const fallsBack = value === undefined && found.definition.needs === 'expected';
  const forCase = (scope: Scope, caseReport: Report): Assertion | undefined =>
    fillAssertion(base, value, found.definition, source, scope, context.output, caseReport);
  const common = { place: base.place, uses, runsCode: found.definition.runsCode === true, level: base.level };
  const fixed = uses.size === 0 && !fallsBack && (value === undefined || !hasTags(value));
  if (!fixed) return { ...common, forCase };
  const assertion = forCase({ vars: {}, source, lacking: base.place }, note);
  return assertion && { ...common, forCase: () => assertion };
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
  if (definition.options !== undefined) {
    const faults = faultsOf(definition.options, (written.options ?? {}) as JsonObject, 'options');
    reportFaults(faults, source, ['options'], note);
  }
  checkThreshold(written.threshold, found, source, note);
  if (written.metric !== undefined && RESERVED_METRICS.has(written.metric)) {
    note(make['reserved-metric'](written.metric, source.place(['metric'])));
  }
  const path = written.path === undefined ? undefined : compilePath(written.path);
  if (path && !path.ok) note(make['bad-path'](path.message, source.place(['path'])));
  const transform = written.transform === undefined ? undefined : context.checkTransform?.(written.transform);
  if (transform) note(make['bad-transform'](transform.message, transform.remedy, source.place(['transform'])));
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

function fillAssertion(
  base: Assertion,
  written: Json | undefined,
  definition: AssertionDefinition,
  source: Source,
  scope: Scope,
  output: JsonObject | undefined,
  report: Report,
): Assertion | undefined {
  let failed = false;
  const note: Report = (problem) => {
    failed = true;
    report(problem);
  };
  const type = `${base.negated ? 'not-' : ''}${base.type}`;
  const names = scope.expected === undefined ? scope.vars : { ...scope.vars, expected: scope.expected };
  const fallsBack = written === undefined && definition.needs === 'expected';
  const value = fallsBack
    ? scope.expected
    : written === undefined
      ? undefined
      : render(written, names, source, type, note);
  if (fallsBack && value === undefined) note(make['missing-value'](type, true, scope.lacking));
  if (failed) return undefined;
  const valueSource = fallsBack
    ? within(scope.source, ['expected'], value ?? null)
    : within(source, ['value'], value ?? null);
  if (value !== undefined) reportFaults(faultsOf(definition.value, value, 'value'), valueSource, [], note);
  if (failed) return undefined;
  const declared: Declared = {
    ...(value !== undefined && { value }),
    options: base.options,
    ...(base.threshold !== undefined && { threshold: base.threshold }),
    ...(fallsBack && value !== undefined && { expected: value }),
    ...(output && { output }),
  };
  const at = value === undefined ? base.place : valueSource.place([]);
  for (const { message, remedy } of checkOnce(definition, declared))
    note(make['bad-assertion'](type, message, remedy, at));
  return failed ? undefined : { ...base, ...(value !== undefined && { value }) };
}

function checkOnce(
  definition: AssertionDefinition,
  declared: Declared,
): ReturnType<NonNullable<AssertionDefinition['check']>> {
  if (!definition.check) return [];
  let known = checks.get(definition);
  if (!known) checks.set(definition, (known = new Map()));
  const { output, ...rest } = declared;
  const key = `${output ? numberOf(output) : ''} ${canonicalJson(rest)}`;
  let result = known.get(key);
  if (!result) {
    result = definition.check(declared);
    if (known.size >= MOST_CHECKS) known.clear();
    known.set(key, result);
  }
  return result;
}

const numbers = new WeakMap<JsonObject, number>();
let last = 0;

/** A short name of a prompt's output schema, which is the same object for all its assertions. */
function numberOf(schema: JsonObject): number {
  const known = numbers.get(schema) ?? ++last;
  numbers.set(schema, known);
  return known;
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
