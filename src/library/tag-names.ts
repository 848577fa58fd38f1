import type { Place, TemplatePart } from '../vocabulary.js';
import { roleOf } from './template-messages.js';

/**
 * The variables a template reads: the part of each name before its first dot. Messages are no variables, `.` is none either.
 * `topLevel` leaves out names inside sections, which may belong to what the section opens; inside `{{^…}}` nothing is opened.
 */
export function tagNames(parts: readonly TemplatePart[]): {
  roots: Set<string>;
  topLevel: { name: string; place: Place }[];
} {
  const roots = new Set<string>();
  const topLevel: { name: string; place: Place }[] = [];
  const walk = (list: readonly TemplatePart[], top: boolean): void => {
    for (const part of list) {
      if (part.kind === 'text') continue;
      const message = part.kind === 'section' && roleOf(part.name) !== undefined;
      if (!message && part.name !== '.') {
        const [root = part.name] = part.name.split('.', 1);
        roots.add(root);
        if (top) topLevel.push({ name: root, place: part.place });
      }
      if ('parts' in part) walk(part.parts, top && (message || part.kind === 'inverted'));
    }
  };
  walk(parts, true);
  return { roots, topLevel };
}
