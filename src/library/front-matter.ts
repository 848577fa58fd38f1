import { problems as make } from '../errors.js';
import type { Problem } from '../vocabulary.js';

/** A prompt file in two: YAML (absent without front matter) and template, each with the number of lines before it. */
export interface Halves {
  yaml?: { text: string; lineOffset: number };
  body: { text: string; lineOffset: number };
}

const FENCE = /^---[ \t]*$/;

/**
 * Splits a prompt file at its `---` lines. Nothing in it is executed, and no other language than YAML is known: `---js` is text.
 * Line ends may be LF or CRLF.
 */
export function splitFrontMatter(text: string, file: string): Halves | { problem: Problem } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (!FENCE.test(lines[0] ?? '')) return { body: { text: lines.join('\n'), lineOffset: 0 } };
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  if (end === -1) return { problem: make['unclosed-front-matter']({ file, line: 1, column: 1 }) };
  return {
    yaml: { text: lines.slice(1, end).join('\n'), lineOffset: 1 },
    body: { text: lines.slice(end + 1).join('\n'), lineOffset: end + 1 },
  };
}
