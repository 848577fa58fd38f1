import { problems as make } from '../errors.js';
import type { Json, Place } from '../vocabulary.js';
import { readFullYaml } from './full-yaml.js';
import { readPlainYaml } from './plain-yaml.js';
import { isObject, type Read } from './source.js';

/** Largest YAML file in characters: its parser needs some hundred bytes per character; larger data belongs in .jsonl or .csv. */
export const MAX_YAML = 4_000_000;

/**
 * Reads one YAML 1.2 document (core schema: dates are text, `off` is text). Not accepted: several documents, keys given twice,
 * tags, refused keys, numbers that JSON does not have or that lose digits, aliases that unfold to a bomb, deep nesting.
 * An empty document is null.
 * @param at the file, and the number of lines that stand before `text` in it
 */
export function readYaml(text: string, at: { file: string; lineOffset?: number }): Read {
  if (text.length > MAX_YAML) return { problems: [make['too-large'](MAX_YAML, { file: at.file, line: 1, column: 1 })] };
  const lines = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
  const plain = readPlainYaml(lines);
  if (!plain) return readFullYaml(text, at);
  const placeOf = placer(lines, at);
  const { value, offsetOf } = plain;
  return { source: { file: at.file, value, place: (path, of = 'value') => placeOf(offsetOf(path, of)) } };
}

/** Turns offsets into places. Where lines begin is found when the first place is asked for. */
function placer(text: string, at: { file: string; lineOffset?: number }): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: at.file, line: low + 1 + (at.lineOffset ?? 0), column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** Whether a value read from a file is an empty document. */
export function isEmpty(value: Json): boolean {
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}
