import { canonicalJson } from '../canonical-json.js';
import { isObject, objectIn } from '../objects.js';
import { hasSize, isNumber, list, patternOf } from '../schema-walk/values.js';
import type { Json, JsonObject } from '../vocabulary.js';
import { type Check, checkCommon, type Fault, hasType, join } from './common-check.js';
import { referenced } from './reference.js';

/** Schemas that are held against values for one set of variables: references that multiply may stand for more than any time is enough for. */
const MOST = 1_000_000;

/**
 * Holds variables against all that JSON Schema (2020-12 and draft-07) says, but for what the documentation names. Loaded only for
 * an `input` that `saysMore`: few do.
 * @param fault is told what does not fit
 */
export function checkAll(input: JsonObject, vars: JsonObject, fault: Fault): void {
  let root = input;
  let note = fault;
  let count = 0;
  const check: Check = (schema, value, path) => {
    if (schema === false) note(path, 'is not allowed');
    if (!isObject(schema)) return;
    count += 1;
    if (count > MOST) throw new RangeError('too many schemas');
    const outer = root;
    // From here on references lead into this schema.
    if (typeof schema.$id === 'string' && !schema.$id.startsWith('#')) root = schema;
    if (checkCommon(schema, value, path, (at, what) => note(at, what), check)) {
      for (const [keyword, limit] of Object.entries(schema)) {
        const rule = Object.hasOwn(RULES, keyword) ? RULES[keyword] : undefined;
        rule?.({ schema, limit, value, path, root, check, fits, fault: (what, at = path) => note(at, what) });
      }
    }
    root = outer;
  };
  const fits = (schema: Json, value: Json): boolean => {
    const outer = note;
    let found = 0;
    note = () => void (found += 1);
    check(schema, value, '');
    note = outer;
    return found === 0;
  };
  try {
    check(input, vars, '');
  } catch (error) {
    // The stack's end is one, too.
    if (error instanceof RangeError) fault('', 'cannot be held against `input`: its references lead too deep');
    else if (error instanceof SyntaxError) fault('', `cannot be held against \`input\`: ${error.message}`);
    else throw error;
  }
}

/** A keyword of a schema and the value it is held against. */
interface Step {
  schema: JsonObject;
  limit: Json;
  value: Json;
  path: string;
  /** What references start from. */
  root: JsonObject;
  check: Check;
  fits(schema: Json, value: Json): boolean;
  /** @param at another path than the value's */
  fault(what: string, at?: string): void;
}

type Rule = (step: Step) => void;

const isText = (value: Json): value is string => typeof value === 'string';
const atLeast = (value: number, limit: number): boolean => value >= limit;
const atMost = (value: number, limit: number): boolean => value <= limit;

const RULES: Readonly<Record<string, Rule>> = {
  $ref: ({ limit, value, path, root, check }) => check(referenced(String(limit), root), value, path),
  minimum: number('be at least', atLeast),
  maximum: number('be at most', atMost),
  exclusiveMinimum: number('be more than', (value, limit) => value > limit),
  exclusiveMaximum: number('be less than', (value, limit) => value < limit),
  multipleOf: number('be a multiple of', (value, limit) => Number.isInteger(value / limit)),
  minLength: size('at least', atLeast, isText, 'characters'),
  maxLength: size('at most', atMost, isText, 'characters'),
  minItems: size('at least', atLeast, Array.isArray, 'items'),
  maxItems: size('at most', atMost, Array.isArray, 'items'),
  minProperties: size('at least', atLeast, isObject, 'members'),
  maxProperties: size('at most', atMost, isObject, 'members'),
  pattern({ limit, value, fault }) {
    if (isText(value) && !patternOf(String(limit)).test(value)) fault(`must match /${String(limit)}/`);
  },
  uniqueItems({ limit, value, fault }) {
    if (limit !== true || !Array.isArray(value)) return;
    if (new Set(value.map(canonicalJson)).size < value.length) fault('must not hold an item twice');
  },
  contains({ schema, limit, value, fits, fault }) {
    if (!Array.isArray(value)) return;
    const { minContains = 1, maxContains = value.length } = schema;
    const found = value.filter((item) => fits(limit, item)).length;
    if (found < Number(minContains))
      fault(`must hold at least ${String(minContains)} of the items that its schema asks for`);
    if (found > Number(maxContains))
      fault(`must hold at most ${String(maxContains)} of the items that its schema asks for`);
  },
  propertyNames({ limit, value, path, fits, fault }) {
    for (const name of isObject(value) ? Object.keys(value) : []) {
      if (!fits(limit, name)) fault('has a name that is not allowed', join(path, name));
    }
  },
  patternProperties({ schema, limit, value, path, check }) {
    const patterns = Object.entries(objectIn(limit));
    for (const [name, member] of isObject(value) ? Object.entries(value) : []) {
      const matching = patterns.filter(([pattern]) => patternOf(pattern).test(name));
      for (const [, inner] of matching) check(inner, member, join(path, name));
      const isNamed = matching.length > 0 || Object.hasOwn(objectIn(schema.properties), name);
      if (!isNamed) check(schema.additionalProperties, member, join(path, name));
    }
  },
  dependentRequired: dependent,
  dependentSchemas: dependent,
  dependencies: dependent,
  allOf({ limit, value, path, check }) {
    for (const each of list(limit)) check(each, value, path);
  },
  anyOf: (step) => {
    if (!list(step.limit).some((each) => step.fits(each, step.value))) fitsNone(step);
  },
  oneOf: (step) => {
    const { length } = list(step.limit).filter((each) => step.fits(each, step.value));
    if (length === 0) fitsNone(step);
    if (length > 1) step.fault(`must fit one schema of \`oneOf\`, not ${length}`);
  },
  not({ limit, value, fits, fault }) {
    if (fits(limit, value)) fault('must not fit `not` of its schema');
  },
  if({ schema, limit, value, path, fits, check }) {
    check(fits(limit, value) ? schema.then : schema.else, value, path);
  },
};

function number(must: string, holds: (value: number, limit: number) => boolean): Rule {
  return ({ limit, value, fault }) => {
    if (isNumber(value) && isNumber(limit) && !holds(value, limit)) fault(`must ${must} ${limit}`);
  };
}

function size(
  bound: string,
  holds: (size: number, limit: number) => boolean,
  applies: (value: Json) => value is string | Json[] | JsonObject,
  unit: string,
): Rule {
  return ({ limit, value, fault }) => {
    if (!applies(value) || !isNumber(limit) || hasSize(value, (found) => holds(found, limit))) return;
    fault(`must have ${bound} ${limit} ${unit}`);
  };
}

/** What the presence of a member asks for: other members, or that a schema fits. */
function dependent({ limit, value, path, check, fault }: Step): void {
  if (!isObject(value)) return;
  for (const [name, asked] of Object.entries(objectIn(limit))) {
    if (!Object.hasOwn(value, name)) continue;
    if (!Array.isArray(asked)) check(asked, value, path);
    for (const other of list(asked).map(String)) {
      if (!Object.hasOwn(value, other)) fault(`is missing beside "${join(path, name)}"`, join(path, other));
    }
  }
}

/** Where one alternative alone takes values of this type it was meant, and says what is wrong. */
function fitsNone({ limit, value, path, check, fault }: Step): void {
  const meant = list(limit).filter((each) => {
    const { type } = objectIn(each);
    return type === undefined || [type].flat().some((name) => hasType(value, name));
  });
  if (meant.length === 1) check(meant[0], value, path);
  else fault('fits none of the alternatives of its schema');
}
