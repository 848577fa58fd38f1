import { templateProblems as problems } from '../errors/templates.js';
import { delimitersOf, type TemplateTag, templateTags } from '../template-tags.js';
import type { Place, Problem } from '../vocabulary.js';

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
/** What no name holds: blanks, braces, and the signs that helpers and filters of other template languages are written with. */
const NO_NAME = /[\s{}"'`()|=]/;

/**
 * What is wrong with the name in a tag, if anything: no name at all, one of another template language, a missing end of the tag
 * (which makes all up to the next end its name), or a name that JavaScript reserves.
 * @param sign the tag's sign: `#`, `^`, `/`, `>`, `&`, or `name`
 */
export function nameFault(name: string, sign: string, at: Place): Problem | undefined {
  if (/[{}\n]/.test(name)) return problems['unclosed-tag'](shorten(`{{${sign === 'name' ? '' : sign}${name}`), at);
  if (name === '.' && sign !== '>') return undefined;
  if (name === '' || NO_NAME.test(name)) return problems['bad-tag-name'](shorten(name), at);
  if (sign === '>') return undefined;
  const segments = name.split('.');
  if (segments.includes('')) return problems['bad-tag-name'](shorten(name), at);
  const forbidden = segments.find((segment) => FORBIDDEN.has(segment));
  return forbidden === undefined ? undefined : problems['forbidden-name'](forbidden, at);
}

/**
 * Finds why mustache refused a template: it says what is wrong, but for most faults not where.
 * @returns undefined when nothing wrong is found
 */
export function findFault(text: string, placeAt: (offset: number) => Place): Problem | undefined {
  const open: { name: string; at: number }[] = [];
  for (const tag of templateTags(text)) {
    const { start, end, sign, content } = tag;
    if (end < 0) return problems['unclosed-tag'](shorten(text.slice(start)), placeAt(start));
    if (sign === '=') {
      if (!delimitersOf(tag)) return problems['bad-delimiters'](shorten(text.slice(start, end)), placeAt(start));
    } else if (sign !== '!') {
      const fault = nameFault(content, sign, placeAt(start)) ?? trackSection(open, tag, placeAt);
      if (fault) return fault;
    }
  }
  const last = open.at(-1);
  return last && problems['unclosed-section'](last.name, placeAt(last.at));
}

function trackSection(
  open: { name: string; at: number }[],
  tag: TemplateTag,
  placeAt: (offset: number) => Place,
): Problem | undefined {
  if (tag.sign === '#' || tag.sign === '^') open.push({ name: tag.content, at: tag.start });
  if (tag.sign !== '/') return undefined;
  const last = open.pop();
  if (last?.name === tag.content) return undefined;
  // When an outer section is closed, the inner one was forgotten; else the closing tag itself is wrong.
  return last && open.some((each) => each.name === tag.content)
    ? problems['unclosed-section'](last.name, placeAt(last.at))
    : problems['unopened-section'](tag.content, placeAt(tag.start));
}

function shorten(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}
