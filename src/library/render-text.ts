import { UserError } from '../errors/user-error.js';
import type { JsonObject, TemplatePart } from '../vocabulary.js';
import { renderParts, visitUnresolved } from './context.js';
import { normaliseLineEnds, type Token, tokenize } from './template-tokens.js';

type Parsed = { ok: true; parts: TemplatePart[] } | { ok: false; message: string };

/** Assertion values under `defaults` are rendered for every case: the last few hundred are kept. */
const MOST_KEPT = 500;
const kept = new Map<string, Parsed>();

/**
 * Renders the text value of an assertion, once: what a variable holds is not rendered again. Sections over absent variables are
 * left out, but a name that would print nothing because it is not given is refused: an empty expectation holds for any answer.
 * A text without `{{` is returned as it is.
 */
export function renderText(
  template: string,
  vars: JsonObject,
): { ok: true; text: string } | { ok: false; message: string } {
  if (!template.includes('{{')) return { ok: true, text: template };
  const parsed = parseText(template);
  if (!parsed.ok) return parsed;
  try {
    return renderParsed(parsed.parts, vars);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ok: false, message: error.problems.map(({ message }) => message).join('; ') };
  }
}

function renderParsed(parts: readonly TemplatePart[], vars: JsonObject): ReturnType<typeof renderText> {
  const absent = new Set<string>();
  visitUnresolved(
    parts,
    [vars],
    () => false,
    (part) => {
      if (part.kind === 'name') absent.add(`{{${part.name}}}`);
    },
  );
  if (absent.size > 0) return { ok: false, message: `no value is given for ${[...absent].join(', ')}` };
  return { ok: true, text: renderParts(parts, [vars]) };
}

/** The variables a text reads: the part of each name before its first dot. Empty for a text that cannot be read. */
export function textTagNames(template: string): Set<string> {
  const roots = new Set<string>();
  if (!template.includes('{{')) return roots;
  const parsed = parseText(template);
  const walk = (parts: readonly TemplatePart[]): void => {
    for (const part of parts) {
      if (part.kind === 'text') continue;
      if (part.name !== '.') roots.add(part.name.split('.', 1)[0] ?? part.name);
      if ('parts' in part) walk(part.parts);
    }
  };
  if (parsed.ok) walk(parsed.parts);
  return roots;
}

function parseText(template: string): Parsed {
  const known = kept.get(template);
  if (known) return known;
  const parsed = read(template);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(template, parsed);
  return parsed;
}

function read(template: string): Parsed {
  const result = tokenize({ file: '', text: normaliseLineEnds(template), lineOffset: 0, indent: '' });
  if (!result.ok) return { ok: false, message: result.problem.message };
  const partial = result.tokens.some(isPartial);
  if (partial) return { ok: false, message: 'partials cannot be used here' };
  return { ok: true, parts: toParts(result.tokens) };
}

function isPartial(token: Token): boolean {
  return token.kind === 'partial' || ('tokens' in token && token.tokens.some(isPartial));
}

function toParts(tokens: readonly Token[]): TemplatePart[] {
  return tokens.flatMap((token): TemplatePart[] => {
    if (token.kind === 'text') return [{ kind: 'text', text: token.text }];
    if (token.kind === 'name') return [{ kind: 'name', name: token.name, place: token.at }];
    if (token.kind === 'partial' || token.kind === 'comment') return [];
    return [{ kind: token.kind, name: token.name, parts: toParts(token.tokens), place: token.at }];
  });
}
