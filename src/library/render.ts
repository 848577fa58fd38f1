import { renderingProblems as problems } from '../errors/rendering.js';
import type { JsonObject, Message, Place, Problem, TemplatePart } from '../vocabulary.js';
import { type Context, contextsOf, ITEM, lookup, printed, renderParts, Room, visitUnresolved } from './context.js';
import { excerpt, hasMessages, roleOf } from './template-messages.js';

export { renderText, textTagNames } from './render-text.js';

/** Per template, found once: it does not depend on the variables. */
const withMessages = new WeakMap<readonly TemplatePart[], boolean>();

/**
 * Renders a template to the messages a model is sent. Each message is trimmed; values stand in it as they are and are never
 * rendered again.
 * @param parts from parseTemplate
 * @returns the messages in order; problems when text would be lost beside them, or none is left
 * @throws UserError `template-too-large`
 */
export function renderMessages(
  parts: readonly TemplatePart[],
  vars: JsonObject,
): { messages: Message[]; problems: Problem[] } {
  let split = withMessages.get(parts);
  if (split === undefined) {
    split = hasMessages(parts);
    withMessages.set(parts, split);
  }
  if (!split) return { messages: [{ role: 'user', content: renderParts(parts, [vars]).trim() }], problems: [] };
  const messages: Message[] = [];
  const found: Problem[] = [];
  collect(parts, [vars], messages, found, new Room());
  if (messages.length === 0 && found.length === 0) found.push(problems['no-message'](firstPlace(parts)));
  return { messages, problems: found };
}

/**
 * The variables a template needs and is not given.
 * @param required the names that must be given; without it, every tag that these variables would render
 * @param file where the template stands: the place of a required name that no tag uses
 * @returns each name once, at its first use
 */
export function missingVariables(
  parts: readonly TemplatePart[],
  vars: JsonObject,
  required?: readonly string[],
  file?: string,
): { name: string; place: Place }[] {
  if (!required) return unresolved(parts, [vars]);
  const absent = required.filter((name) => !Object.hasOwn(vars, name));
  if (absent.length === 0) return [];
  const start = { file: file ?? firstPlace(parts)?.file ?? '', line: 1, column: 1 };
  return absent.map((name) => ({ name, place: firstUse(parts, name) ?? start }));
}

const isMessage = (name: string): boolean => roleOf(name) !== undefined;

function unresolved(parts: readonly TemplatePart[], context: Context): { name: string; place: Place }[] {
  const found: { name: string; place: Place }[] = [];
  visitUnresolved(parts, context, isMessage, ({ name, place }) => {
    if (!found.some((each) => each.name === name)) found.push({ name, place });
  });
  return found;
}

function collect(
  parts: readonly TemplatePart[],
  context: Context,
  messages: Message[],
  found: Problem[],
  room: Room,
): void {
  for (const part of parts) {
    const role = part.kind === 'section' ? roleOf(part.name) : undefined;
    if (role && 'parts' in part) {
      messages.push({ role, content: renderParts(part.parts, context, room).trim() });
    } else if ('parts' in part) {
      for (const inner of contextsOf(part, context)) {
        room.take(ITEM, part);
        collect(part.parts, inner, messages, found, room);
      }
    } else {
      const text = part.kind === 'text' ? part.text : printed(lookup(part.name, context));
      const place = part.kind === 'text' ? undefined : part.place;
      if (text.trim() !== '') found.push(problems['text-beside-messages'](excerpt(text), place));
    }
  }
}

/** The first tag that reads a variable, whatever stands behind the first dot. */
function firstUse(parts: readonly TemplatePart[], root: string): Place | undefined {
  for (const part of parts) {
    if (part.kind === 'text') continue;
    const message = part.kind === 'section' && roleOf(part.name) !== undefined;
    if (!message && (part.name === root || part.name.startsWith(`${root}.`))) return part.place;
    const inner = 'parts' in part ? firstUse(part.parts, root) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

function firstPlace(parts: readonly TemplatePart[]): Place | undefined {
  for (const part of parts) if (part.kind !== 'text') return part.place;
  return undefined;
}
