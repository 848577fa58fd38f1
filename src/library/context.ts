import { renderingProblems as problems } from '../errors/rendering.js';
import { UserError } from '../errors/user-error.js';
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

/** The most characters that one template may become. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** An item of a list counts as so many, though nothing is printed for it: going through lists takes time, too. */
export const ITEM = 8;

/** What is left for one rendering: a few lists inside each other repeat what they hold without end. */
export class Room {
  #left = MOST_CHARACTERS;

  /** @throws UserError `template-too-large` */
  take(amount: number, at: Section): void {
    this.#left -= amount;
    if (this.#left >= 0) return;
    throw new UserError([
      problems['template-too-large'](`lists in it make over ${MOST_CHARACTERS} characters`, at.place),
    ]);
  }
}

/**
 * Renders parts to one text, sections by Mustache's rules. Message names are sections like any other here.
 * @throws UserError `template-too-large`
 */
export function renderParts(parts: readonly TemplatePart[], context: Context, room = new Room()): string {
  let text = '';
  for (const part of parts) {
    if (part.kind === 'text') text += part.text;
    else if (part.kind === 'name') text += printed(lookup(part.name, context));
    else {
      for (const inner of contextsOf(part, context)) {
        const content = renderParts(part.parts, inner, room);
        room.take(content.length + ITEM, part);
        text += content;
      }
    }
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
  room = new Room(),
): void {
  for (const part of parts) {
    if (part.kind === 'text') continue;
    const passed = part.kind === 'section' && passes(part.name);
    if (!passed && lookup(part.name, context) === undefined) visit(part);
    if (part.kind === 'name') continue;
    for (const inner of passed ? [context] : contextsOf(part, context)) {
      room.take(ITEM, part);
      visitUnresolved(part.parts, inner, passes, visit, room);
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
