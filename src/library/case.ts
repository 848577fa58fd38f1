import { problems as make, UserError } from '../errors.js';
import { contentHash } from '../hash.js';
import { LastList } from '../lists.js';
import type { WrittenCase, WrittenDefaults } from '../schemas/cases.js';
import type { Assertion, Case, Json, JsonObject, Problem } from '../vocabulary.js';
import { type AssertionContext, type PreparedAssertion, prepareAssertion } from './assertion.js';
import type { NamedCase } from './case-ids.js';
import type { Report } from './findings.js';
import { badId } from './ids.js';
import { nearest } from './nearest.js';
import type { ReadPrompt } from './prompt.js';
import { missingVariables, renderMessages } from './render.js';
import { type Path, REFUSED_KEYS, type Source, within } from './source.js';
import { isObject } from '../objects.js';
import { roleOf } from './template-messages.js';

/** Names that something reads; `all` when code may read any. */
export interface Uses {
  names: ReadonlySet<string>;
  all: boolean;
}

/** What reading the cases of one prompt needs. */
export interface CaseContext extends AssertionContext {
  read: ReadPrompt;
  /** What the templates of all prompts that run these cases read. */
  templates: Uses;
  /** Today as YYYY-MM-DD. */
  today: string;
}

/** The defaults of a cases file, made ready once per prompt. */
export interface Defaults {
  written: WrittenDefaults;
  asserts: PreparedAssertion[];
  /** Some of its assertions could not be read. */
  failed: boolean;
  /** Each once. */
  tags: string[];
  /** What templates and these assertions read. */
  uses: Uses;
  /** The assertions of its cases: most are checked alike, and share the list. */
  filled: LastList<Assertion>;
  /** Variables of these defaults that no case has used so far, with their places. */
  idle: Map<string, Problem>;
}

/** A case as it is before anything was merged into it. */
export interface RawCase {
  written: WrittenCase;
  source: Source;
  defaults: Defaults;
  /** Told which variables of a data row are used: others are left out. Absent: all must be used. */
  columns?: { seen: Set<string>; used: Set<string> };
}

/** Makes defaults ready. */
export function prepareDefaults(
  written: WrittenDefaults,
  source: Source,
  context: CaseContext,
  report: Report,
): Defaults {
  const asserts = prepareList(written.assert ?? [], source, ['assert'], context, report);
  const uses = unite(context.templates, asserts.list);
  const names = Object.keys(written.vars ?? {});
  const idle = new Map(
    names.map((name) => [
      name,
      make['unused-variable'](name, nearest(name, uses.names), source.place(['vars', name], 'key')),
    ]),
  );
  const tags = [...new Set(written.tags)];
  return { written, asserts: asserts.list, failed: asserts.failed, tags, uses, filled: new LastList(), idle };
}

/** Told of a case that has an id, and mistakes, for which it is left out. */
export type Lost = (one: NamedCase) => void;

/**
 * Merges and checks one case. Undefined after reporting why it is none.
 * @param lost told of its id then: one that is made of variables is not yet what it will be
 */
export function buildCase(raw: RawCase, context: CaseContext, report: Report, lost: Lost): Case | undefined {
  let failed = false;
  const note: Report = (problem) => {
    failed = true;
    report(problem);
  };
  const { written, source, defaults } = raw;
  const own = ownAssertions(written, source, context, note);
  const asserts = own.inherit ? joined(defaults.asserts, own.list) : own.list;
  const uses = own.list.length > 0 || !own.inherit ? unite(context.templates, asserts) : defaults.uses;
  const vars = mergeVars(raw, uses, context, note);
  const { expected = defaults.written.expected } = written as { expected?: Json };
  const place = source.place([]);
  const input = contentHash(vars);
  const id = written.id ?? input;

  const why = badId(id);
  if (why) note(make['bad-id'](id, why, source.place(['id'])));
  else if (REFUSED_KEYS.has(id)) note(make['forbidden-name'](id, source.place(['id'])));
  /** As messages name it: on one line, whatever it is. */
  const name = why === undefined ? id : JSON.stringify(id).slice(1, -1);
  if (expected !== undefined && Object.hasOwn(vars, 'expected'))
    note(make['expected-twice'](source.place(['vars', 'expected'], 'key')));
  if (!context.read.broken) checkVars(vars, name, source, context, note);
  if (!asserts.some(({ level }) => level !== 'off') && !own.failed && !(own.inherit && defaults.failed)) {
    note(make['case-without-assertion'](name, place));
  }
  const { quarantine } = written;
  if (quarantine && quarantine.until < context.today) {
    note(make['quarantine-expired'](name, quarantine.until, source.place(['quarantine', 'until'])));
  }
  const scope = { vars, ...(expected !== undefined && { expected: expected as Json }), source, lacking: place };
  const filled = asserts.map((each) =>
    each.forCase(own.list.includes(each) ? { ...scope, lacking: each.place } : scope, note),
  );
  if (failed || own.failed || !isWhole(filled)) {
    if (written.id !== undefined && why === undefined) lost({ id, place });
    return undefined;
  }
  const assert = defaults.filled.of(filled);
  const tags = written.tags ? [...new Set([...defaults.tags, ...written.tags])] : defaults.tags;
  // No larger than it must be: ten thousand cases are kept.
  const built: Case =
    expected === undefined
      ? { id, vars, assert, tags, place, input }
      : { id, vars, expected: expected as Json, assert, tags, place, input };
  const group = written.group ?? defaults.written.group;
  if (group !== undefined) built.group = group;
  if (quarantine) built.quarantine = quarantine;
  return built;
}

function isWhole(list: readonly (Assertion | undefined)[]): list is readonly Assertion[] {
  return !list.includes(undefined);
}

function joined<T>(first: readonly T[], second: readonly T[]): readonly T[] {
  return second.length === 0 ? first : [...first, ...second];
}

interface OwnAssertions {
  list: PreparedAssertion[];
  inherit: boolean;
  failed: boolean;
}

function ownAssertions(written: WrittenCase, source: Source, context: CaseContext, report: Report): OwnAssertions {
  const { assert } = written;
  if (!assert) return { list: [], inherit: true, failed: false };
  if ('checks' in assert) {
    return { ...prepareList(assert.checks, source, ['assert', 'checks'], context, report), inherit: assert.inherit };
  }
  return { ...prepareList(assert, source, ['assert'], context, report), inherit: true };
}

function prepareList(
  list: NonNullable<WrittenDefaults['assert']>,
  source: Source,
  at: Path,
  context: CaseContext,
  report: Report,
): { list: PreparedAssertion[]; failed: boolean } {
  const prepared = list.flatMap((each, index) => {
    const one = prepareAssertion(each, within(source, [...at, index], null), context, report);
    return one ? [one] : [];
  });
  return { list: prepared, failed: prepared.length < list.length };
}

function unite(templates: Uses, asserts: readonly PreparedAssertion[]): Uses {
  if (asserts.every(({ uses, runsCode }) => uses.size === 0 && !runsCode)) return templates;
  const names = new Set(templates.names);
  for (const { uses } of asserts) for (const name of uses) names.add(name);
  return { names, all: templates.all || asserts.some(({ runsCode }) => runsCode) };
}

/** Defaults under the case's own. What nothing uses is reported, or, of a data row, left out. */
function mergeVars(raw: RawCase, uses: Uses, context: CaseContext, note: Report): JsonObject {
  const own = (raw.written.vars ?? {}) as JsonObject;
  const isUsed = (name: string): boolean => uses.all || uses.names.has(name);
  for (const name of raw.defaults.idle.keys()) if (isUsed(name)) raw.defaults.idle.delete(name);
  const vars: JsonObject = {};
  const common = (raw.defaults.written.vars ?? {}) as JsonObject;
  for (const name of Object.keys(common)) if (isUsed(name)) vars[name] = common[name] ?? null;
  for (const name of Object.keys(own)) {
    if (raw.columns) {
      raw.columns.seen.add(name);
      if (!isUsed(name) && !isDeclared(name, context.read.prompt.input)) continue;
      raw.columns.used.add(name);
    } else if (!isUsed(name)) {
      const near = nearest(
        name,
        [...uses.names].filter((each) => !Object.hasOwn(own, each)),
      );
      note(make['unused-variable'](name, near, raw.source.place(['vars', name], 'key')));
    }
    vars[name] = own[name] ?? null;
  }
  return vars;
}

function isDeclared(name: string, input: JsonObject | undefined): boolean {
  if (Array.isArray(input?.required) && input.required.includes(name)) return true;
  return isObject(input?.properties) && Object.hasOwn(input.properties, name);
}

function checkVars(vars: JsonObject, id: string, source: Source, context: CaseContext, note: Report): void {
  try {
    checkRendering(vars, id, source, context, note);
  } catch (error) {
    // A template that these variables make too large.
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) note({ ...problem, message: `${problem.message} (case "${id}")` });
  }
}

function checkRendering(vars: JsonObject, id: string, source: Source, context: CaseContext, note: Report): void {
  const { prompt, input } = context.read;
  const required = Array.isArray(prompt.input?.required) ? prompt.input.required.map(String) : [];
  const missing = missingVariables(prompt.template, vars, prompt.input ? required : undefined, prompt.path);
  if (missing.length > 0) {
    const uses = missing.map(({ place }) => `${place.file}:${place.line}:${place.column}`);
    note(
      make['missing-variable'](
        missing.map(({ name }) => name),
        uses,
        source.place(['vars'], 'key'),
      ),
    );
  }
  for (const fault of input?.faults(vars, 'vars') ?? []) {
    if (fault.keyword === 'required' && fault.path.length === 0) continue;
    const place = source.place(['vars', ...fault.path], fault.of);
    note(make['input-mismatch'](fault.problem(place).message, place));
  }
  if (missing.length > 0 || !isConditional(context.read)) return;
  for (const problem of renderMessages(prompt.template, vars).problems) {
    note({ ...problem, message: `${problem.message} (case "${id}")` });
  }
}

const conditional = new WeakMap<ReadPrompt, boolean>();

/** Whether the messages depend on the variables: then each case is tried. */
function isConditional(read: ReadPrompt): boolean {
  let known = conditional.get(read);
  if (known === undefined) {
    const { template } = read.prompt;
    const isMessage = (part: (typeof template)[number]): boolean =>
      part.kind === 'section' && roleOf(part.name) !== undefined;
    const fixed = template.some(isMessage) && template.every((part) => isMessage(part) || part.kind === 'text');
    known = !fixed;
    conditional.set(read, known);
  }
  return known;
}
