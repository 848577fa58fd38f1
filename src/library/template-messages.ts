import { renderingProblems } from '../errors/rendering.js';
import { templateProblems as problems } from '../errors/templates.js';
import type { Place, Problem, Role, TemplatePart } from '../vocabulary.js';

const ROLES: readonly string[] = ['system', 'user', 'assistant'] satisfies Role[];

/** The role of a message, when the name of a section is a reserved one. */
export function roleOf(name: string): Role | undefined {
  return ROLES.includes(name) ? (name as Role) : undefined;
}

/** Whether any section of a template is a message; a template without one is a single user message. */
export function hasMessages(parts: readonly TemplatePart[]): boolean {
  return parts.some(
    (part) =>
      (part.kind === 'section' && roleOf(part.name) !== undefined) || ('parts' in part && hasMessages(part.parts)),
  );
}

/**
 * What can be said about a template's messages without any variables: text and variables beside them, messages within messages,
 * a role used as a condition, no text at all.
 * @param placeOf where a text stands: texts carry no place of their own
 * @param start where the template begins
 */
export function messageProblems(
  parts: readonly TemplatePart[],
  placeOf: (text: TemplatePart) => Place | undefined,
  start: Place,
): Problem[] {
  const found: Problem[] = [];
  if (!hasMessages(parts)) {
    if (isBlank(parts)) return [problems['empty-template'](start)];
    findConditions(parts, found);
    return found;
  }
  const beside = (list: readonly TemplatePart[]): void => {
    for (const part of list) {
      const role = part.kind === 'section' ? roleOf(part.name) : undefined;
      if (part.kind === 'text') {
        if (part.text.trim() !== '')
          found.push(renderingProblems['text-beside-messages'](excerpt(part.text), placeOf(part)));
      } else if (part.kind === 'name') {
        found.push(renderingProblems['text-beside-messages'](`{{${part.name}}}`, part.place));
      } else if (role) within(part.parts, role);
      else beside(part.parts);
    }
  };
  const within = (list: readonly TemplatePart[], outer: Role): void => {
    for (const part of list) {
      if (!('parts' in part)) continue;
      const role = part.kind === 'section' ? roleOf(part.name) : undefined;
      if (role) found.push(problems['nested-message'](role, outer, part.place));
      within(part.parts, outer);
    }
  };
  beside(parts);
  findConditions(parts, found);
  return found;
}

/** The beginning of a text, for a message. */
export function excerpt(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}

function isBlank(parts: readonly TemplatePart[]): boolean {
  return parts.every((part) =>
    part.kind === 'text' ? part.text.trim() === '' : 'parts' in part && isBlank(part.parts),
  );
}

function findConditions(parts: readonly TemplatePart[], found: Problem[]): void {
  for (const part of parts) {
    if (part.kind === 'inverted' && roleOf(part.name)) found.push(problems['message-condition'](part.name, part.place));
    if ('parts' in part) findConditions(part.parts, found);
  }
}
