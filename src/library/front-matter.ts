import { fileProblems as make } from '../errors/files.js';
import type { Problem } from '../vocabulary.js';
import { conflictIn } from './conflict.js';

/** A prompt file in two: YAML (absent without front matter) and template, each with the number of lines before it. */
export interface Halves {
  yaml?: { text: string; lineOffset: number };
  body: { text: string; lineOffset: number };
}

const FENCE = /^---[ \t]*$/;

/**
 * Splits a prompt file at its `---` lines, which may follow empty ones. Nothing in it is executed, and no other language than
 * YAML is known. A file that git could not merge is not split. Line ends may be LF or CRLF; the template's are LF afterwards.
 */
export function splitFrontMatter(text: string, file: string): Halves | { problem: Problem } {
  const conflict = conflictIn(text, file);
  if (conflict) return { problem: conflict };
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const start = lines.findIndex((line) => line.trim() !== '');
  const first = lines[start] ?? '';
  if (!FENCE.test(first)) {
    // `---js` runs code in other tools; to take it for text would send it to the model.
    if (/^---\S/.test(first)) return { problem: make['bad-front-matter'](first, { file, line: start + 1, column: 1 }) };
    return { body: { text: lines.join('\n'), lineOffset: 0 } };
  }
  const end = lines.findIndex((line, index) => index > start && FENCE.test(line));
  if (end === -1) return { problem: make['unclosed-front-matter']({ file, line: start + 1, column: 1 }) };
  return {
    yaml: { text: lines.slice(start + 1, end).join('\n'), lineOffset: start + 1 },
    body: { text: lines.slice(end + 1).join('\n'), lineOffset: end + 1 },
  };
}
