import type { ErrorObject } from 'ajv/dist/2020.js';
import { problems as make } from '../errors.js';
import type { Json, Place, Problem } from '../vocabulary.js';
import { nearest } from './nearest.js';
import { type Path, pathName } from './source.js';
import { isObject } from '../objects.js';

/** What a schema objects to, in words. `problem` makes it a problem at a place. */
export interface SchemaFault {
  path: Path;
  of: 'key' | 'value';
  keyword: string;
  problem(place: Place | undefined): Problem;
}

/**
 * Turns ajv's errors (verbose, allErrors) into what people need: of an `anyOf` only the branch that was meant, unknown keys with
 * a suggestion, each fault once.
 * @param root the name of the whole value in messages, e.g. `the file`
 */
export function schemaFaults(errors: readonly ErrorObject[], value: Json, root: string): SchemaFault[] {
  return withoutBranches(errors).map((error) => explain(error, value, root));
}

const CHOICES = new Set(['anyOf', 'oneOf']);
/** They only say that errors inside them were found. */
const SUMMARIES = new Set(['propertyNames', 'if']);

/**
 * Where a choice failed, each branch reports: kept is what the branches of the right type report. When no branch has the right
 * type, the choice itself is kept and says which types it takes.
 */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = errors.filter((error) => !SUMMARIES.has(error.keyword));
  const choices = kept.filter((error) => CHOICES.has(error.keyword));
  for (const choice of choices) {
    const inside = kept.filter((error) => error !== choice && error.schemaPath.startsWith(`${choice.schemaPath}/`));
    if (inside.length === 0) continue;
    const branchOf = (error: ErrorObject): string =>
      error.schemaPath.slice(choice.schemaPath.length + 1).split('/')[0] ?? '';
    const here = inside.filter((error) => error.instancePath.startsWith(choice.instancePath));
    const wrong = new Set(
      here.filter((error) => error.keyword === 'type' && error.instancePath === choice.instancePath).map(branchOf),
    );
    const meant = here.filter((error) => !wrong.has(branchOf(error)));
    const gone = new Set<ErrorObject>(
      meant.length > 0 ? [choice, ...here.filter((error) => !meant.includes(error))] : here,
    );
    kept = kept.filter((error) => !gone.has(error));
  }
  return kept;
}

function explain(error: ErrorObject, value: Json, root: string): SchemaFault {
  const path = toPath(error.instancePath, value);
  const params: Record<string, unknown> = error.params;
  const fault = (
    problem: SchemaFault['problem'],
    inner: Path = path,
    of: SchemaFault['of'] = 'value',
  ): SchemaFault => ({
    path: inner,
    of,
    keyword: error.keyword,
    problem,
  });
  const name = path.length > 0 ? pathName(path) : root;
  const extra = params.additionalProperty ?? params.unevaluatedProperty;
  if (typeof extra === 'string') {
    const near = nearest(extra, keysOf(error.parentSchema));
    return fault((place) => make['unknown-key'](extra, near, place), [...path, extra], 'key');
  }
  if (error.propertyName !== undefined) {
    const key = error.propertyName;
    return fault(
      (place) => make['wrong-value'](`the name "${key}"`, wants(error), undefined, place),
      [...path, key],
      'key',
    );
  }
  if (error.keyword === 'required') {
    return fault((place) => make['required-key'](String(params.missingProperty), name, place));
  }
  if (error.keyword === 'type' || CHOICES.has(error.keyword)) {
    const found = typeName(error.data);
    const types = error.keyword === 'type' ? [params.type].flat() : branchTypes(error.schema);
    if (types.length === 0)
      return fault((place) => make['wrong-value'](name, 'is none of what is allowed here', undefined, place));
    return fault((place) => make['wrong-type'](name, wordsOf(types), found, place));
  }
  const near =
    error.keyword === 'enum' && typeof error.data === 'string'
      ? nearest(
          error.data,
          [params.allowedValues].flat().filter((each) => typeof each === 'string'),
        )
      : undefined;
  return fault((place) => make['wrong-value'](name, wants(error), near, place));
}

function wants(error: ErrorObject): string {
  const params: Record<string, unknown> = error.params;
  const not = `, not ${brief(error.propertyName ?? error.data)}`;
  if (error.keyword === 'enum') return `must be ${oneOf([params.allowedValues].flat())}${not}`;
  if (error.keyword === 'const') return `must be ${brief(params.allowedValue)}${not}`;
  if (error.keyword === 'uniqueItems') return `holds ${brief([error.data].flat()[Number(params.i)])} twice`;
  if (error.keyword === 'minLength' && params.limit === 1) return 'must not be empty';
  if (error.keyword === 'minItems')
    return `must have at least ${String(params.limit)} ${params.limit === 1 ? 'entry' : 'entries'}`;
  const examples: unknown = error.parentSchema?.examples;
  if (error.keyword === 'pattern' && Array.isArray(examples))
    return `must be written like ${examples.map(brief).join(' or ')}${not}`;
  const scalar = typeof error.data === 'number' || typeof error.data === 'string';
  return `${error.message ?? 'is not allowed here'}${scalar ? not : ''}`;
}

function oneOf(values: readonly unknown[]): string {
  return `${values.length > 1 ? 'one of ' : ''}${values.map(brief).join(', ')}`;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys';
  return typeof value === 'string' ? `the text ${brief(value)}` : brief(value);
}

const WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of keys',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
};

function wordsOf(types: readonly unknown[]): string {
  return [...new Set(types.map((type) => WORDS[String(type)] ?? String(type)))].join(' or ');
}

function branchTypes(branches: unknown): unknown[] {
  return Array.isArray(branches)
    ? branches.flatMap((branch: unknown) => (isObject(branch) ? (branch.type ?? []) : []))
    : [];
}

function keysOf(schema: unknown): string[] {
  return isObject(schema) && isObject(schema.properties) ? Object.keys(schema.properties) : [];
}

/** A JSON pointer as a path: a step into a list becomes a number. */
function toPath(pointer: string, value: Json): Path {
  const path: (string | number)[] = [];
  let current: Json | undefined = value;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(current) ? Number(key) : key);
    current = Array.isArray(current) ? current[Number(key)] : isObject(current) ? current[key] : undefined;
  }
  return path;
}
