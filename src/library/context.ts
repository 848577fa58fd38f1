import type { Json, JsonObject, TemplatePart } from '../vocabulary.js';

/** What names are looked up in: the variables, then what each open section opened, the innermost last. */
export type Context = readonly Json[];

/**
 * The value of a name. The part before the first dot is taken from the innermost object that has it; the rest is followed from
 * there and nowhere else. Own properties only: what JavaScript inherits (`toString`, `constructor`) is not data.
 * @returns undefined when there is none; never a function
 */
export function lookup(name: string, context: Context): Json | undefined {
  if (name === '.') return context.at(-1);
  const path = name.split('.');
  const [root = name] = path;
  for (let index = context.length - 1; index >= 0; index -= 1) {
    if (!has(context[index], root)) continue;
    let value: Json | undefined = context[index];
    for (const key of path) value = own(value, key);
    return value;
  }
  return undefined;
}

/** The text a value is printed as: text as it is, objects and arrays as JSON, nothing for null. */
export function printed(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Renders parts to one text, sections by Mustache's rules. Message names are sections like any other here. */
export function renderParts(parts: readonly TemplatePart[], context: Context): string {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'text') text += part.text;
    else if (part.kind === 'name') text += printed(lookup(part.name, context));
    else for (const inner of contextsOf(part, context)) text += renderParts(part.parts, inner);
  }
  return text;
}

/** A part that holds parts. */
export type Section = Extract<TemplatePart, { parts: TemplatePart[] }>;

/** The contexts that a section renders its content in, one after the other; none when its content is left out. */
export function contextsOf(part: Section, context: Context): readonly Context[] {
  const contexts = opened(lookup(part.name, context), context);
  if (part.kind === 'section') return contexts;
  return contexts.length === 0 ? [context] : [];
}

/**
 * Walks the tags that rendering would reach and tells those without a value.
 * @param passes sections that open nothing and are no variable: messages
 */
export function visitUnresolved(
  parts: readonly TemplatePart[],
  context: Context,
  passes: (name: string) => boolean,
  visit: (part: Exclude<TemplatePart, { kind: 'text' }>) => void,
): void {
  for (const part of parts) {
    if (part.kind === 'text') continue;
    const passed = part.kind === 'section' && passes(part.name);
    if (!passed && lookup(part.name, context) === undefined) visit(part);
    if (part.kind === 'name') continue;
    for (const inner of passed ? [context] : contextsOf(part, context)) {
      visitUnresolved(part.parts, inner, passes, visit);
    }
  }
}

/** One context per item of a list; none for what is absent, null, false, 0, empty text or an empty list. */
function opened(value: Json | undefined, context: Context): readonly Context[] {
  if (Array.isArray(value)) return value.map((item) => [...context, item]);
  if (!value) return [];
  return value === true ? [context] : [[...context, value]];
}

function has(value: Json | undefined, key: string): value is JsonObject | Json[] {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

function own(value: Json | undefined, key: string): Json | undefined {
  if (!has(value, key)) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'function' ? undefined : (found as Json);
}
