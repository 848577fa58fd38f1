import { createRequire } from 'node:module';
import type * as Re2 from 're2js';
import { Lru } from '../lru.js';

// Loaded when the first pattern is compiled, and synchronously, because checks of values are.
const require = createRequire(import.meta.url);

/**
 * How a pattern is run: `linear` by an engine whose time grows with the text only; `native` by JavaScript's own, which knows
 * look-around and back-references but can take forever, so it must be guarded; or not at all.
 */
export type Pattern =
  | { engine: 'linear'; compiled: Re2.RE2JS; source: string; flags: number }
  | { engine: 'native'; source: string; flags: string }
  | { engine: 'none'; message: string };

/** What JavaScript's `\s` stands for; RE2's knows ASCII only, and models write no-break spaces. */
const SPACE = '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NO_SPACE =
  '\\x00-\\x08\\x0e-\\x1f!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}' +
  '\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';
const NO_LINE_END = '[^\\n\\r\\x{2028}\\x{2029}]';

/** Letters whose escape JavaScript reads as the letter itself, where it reads without `u`. */
const MEANINGLESS = 'ACEFGHIJKLMNOPQRTUVXYZaeghijlmopqyz';

const known = new Lru<Pattern>(512);

/** As `parsePattern`, once for equal patterns: the same one stands behind thousands of cases. */
export function readPattern(source: string, flags: string): Pattern {
  return known.get(`${flags}/${source}`, () => parsePattern(source, flags));
}

/**
 * Reads a pattern in JavaScript's syntax. It is read as with the flag `u`, which makes `\p{…}` and whole characters work, and
 * only where that is impossible without it; what JavaScript cannot read but RE2 can (`(?i)`) is RE2's.
 * @param flags any of `i`, `m`, `s`, `u`
 */
function parsePattern(source: string, flags: string): Pattern {
  const own = flags.replace('u', '');
  const unicode = syntaxError(source, `${own}u`);
  if (unicode === undefined)
    return linear(rewritten(source, own), own) ?? { engine: 'native', source, flags: `${own}u` };
  if (flags.includes('u') || syntaxError(source, own) !== undefined) {
    return linear(source, own) ?? { engine: 'none', message: unicode };
  }
  // Without `u`, JavaScript takes an unknown escape for the letter itself: `\A` would silently look for an "A".
  const stray = [...source.matchAll(/\\(.)/gs)].find(([, letter = '']) => MEANINGLESS.includes(letter))?.[0];
  if (stray) return { engine: 'none', message: `${stray} has no meaning in JavaScript: ${unicode}` };
  return { engine: 'native', source, flags: own };
}

function syntaxError(source: string, flags: string): string | undefined {
  try {
    return RegExp(source, flags) && undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Compiles with RE2, or undefined where it cannot. With `m`, RE2 knows fewer line ends than JavaScript, so it is not used. */
function linear(source: string | undefined, flags: string): Extract<Pattern, { engine: 'linear' }> | undefined {
  if (source === undefined || flags.includes('m')) return undefined;
  const { RE2JS: Engine }: typeof Re2 = require('re2js');
  const bits = (flags.includes('i') ? Engine.CASE_INSENSITIVE : 0) | (flags.includes('s') ? Engine.DOTALL : 0);
  try {
    const translated = Engine.translateRegExp(source);
    return { engine: 'linear', compiled: Engine.compile(translated, bits), source: translated, flags: bits };
  } catch {
    return undefined;
  }
}

/**
 * A pattern that is valid with `u`, written so that RE2 means what JavaScript does; undefined where it has no words for it.
 */
function rewritten(source: string, flags: string): string | undefined {
  if (/\[\^?\]|\\u[dD][89abAB]/.test(source)) return undefined;
  let inClass = false;
  return source.replaceAll(/\\.|[[\].]/gsu, (part) => {
    if (part === '\\s') return inClass ? SPACE : `[${SPACE}]`;
    if (part === '\\S') return inClass ? NO_SPACE : `[${NO_SPACE}]`;
    if (part === '\\b' && inClass) return '\\x08';
    if (part === '[' && inClass) return '\\[';
    if (part === '[') inClass = true;
    if (part === ']') inClass = false;
    return part === '.' && !inClass && !flags.includes('s') ? NO_LINE_END : part;
  });
}
