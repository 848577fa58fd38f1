import { templateProblems as problems } from '../errors/templates.js';
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
  let [opening, closing] = ['{{', '}}'];
  let position = 0;
  for (;;) {
    const start = text.indexOf(opening, position);
    if (start < 0) break;
    const tag = readTag(text, start, opening, closing);
    if (!tag) return problems['unclosed-tag'](shorten(text.slice(start)), placeAt(start));
    position = tag.end;
    if (tag.sign === '=') {
      const pair = tag.content.split(/\s+/);
      if (pair.length !== 2 || !pair[0] || !pair[1]) {
        return problems['bad-delimiters'](shorten(text.slice(start, tag.end)), placeAt(start));
      }
      [opening, closing] = [pair[0], pair[1]];
    } else if (tag.sign !== '!') {
      const fault = nameFault(tag.content, tag.sign, placeAt(start)) ?? trackSection(open, tag, start, placeAt);
      if (fault) return fault;
    }
  }
  const last = open.at(-1);
  return last && problems['unclosed-section'](last.name, placeAt(last.at));
}

interface Tag {
  sign: string;
  content: string;
  end: number;
}

function readTag(text: string, start: number, opening: string, closing: string): Tag | undefined {
  let from = start + opening.length;
  while (/\s/.test(text.charAt(from))) from += 1;
  const sign = /[#^/>{&=!]/.test(text.charAt(from)) ? text.charAt(from) : 'name';
  if (sign !== 'name') from += 1;
  const ending = sign === '=' || sign === '{' ? { '=': '=', '{': '}' }[sign] + closing : closing;
  const end = text.indexOf(ending, from);
  if (end < 0) return undefined;
  return { sign: sign === '{' ? '&' : sign, content: text.slice(from, end).trim(), end: end + ending.length };
}

function trackSection(
  open: { name: string; at: number }[],
  tag: Tag,
  start: number,
  placeAt: (offset: number) => Place,
): Problem | undefined {
  if (tag.sign === '#' || tag.sign === '^') open.push({ name: tag.content, at: start });
  if (tag.sign !== '/') return undefined;
  const last = open.pop();
  if (last?.name === tag.content) return undefined;
  // When an outer section is closed, the inner one was forgotten; else the closing tag itself is wrong.
  return last && open.some((each) => each.name === tag.content)
    ? problems['unclosed-section'](last.name, placeAt(last.at))
    : problems['unopened-section'](tag.content, placeAt(start));
}

function shorten(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 40 ? `${line.slice(0, 40)}…` : line;
}
