import type { Json } from '../vocabulary.js';
import { type AssertionDefinition, verdict } from './assertion.js';

interface Range {
  min: number;
  max: number;
}

/** The number of words: pieces between white space. A language written without spaces counts as one word per run. */
export const wordCount: AssertionDefinition = {
  type: 'word-count',
  summary: 'The output has this many words (a number), or within { min, max }.',
  value: {
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: '^\\s*[0-9]+\\s*$' },
      {
        type: 'object',
        properties: { min: { type: 'integer', minimum: 0 }, max: { type: 'integer', minimum: 0 } },
        additionalProperties: false,
        minProperties: 1,
      },
    ],
  },
  needs: 'required',
  check({ value }) {
    const range = rangeOf(value);
    if (!range) return [{ message: 'its value is no number of words', remedy: 'Give a number, or { min, max }.' }];
    if (range.min <= range.max) return [];
    return [{ message: `min ${range.min} is above max ${range.max}`, remedy: 'Exchange min and max.' }];
  },
  prepare({ value }) {
    const range = rangeOf(value);
    if (!range) throw new Error('its value is no number of words');
    return ({ text }) => {
      const words = text.match(/\S+/g)?.length ?? 0;
      const pass = words >= range.min && words <= range.max;
      return verdict(pass, `has ${words} ${words === 1 ? 'word' : 'words'}${pass ? '' : `, not ${named(range)}`}`);
    };
  },
};

/** A number, also as the text that a template renders to, or an object with one bound or both. */
function rangeOf(value: Json | undefined): Range | undefined {
  if (typeof value === 'number') return { min: value, max: value };
  if (typeof value === 'string' && /^\s*[0-9]+\s*$/.test(value)) return { min: Number(value), max: Number(value) };
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const { min, max } = value;
  if (min === undefined && max === undefined) return undefined;
  const bounds = [min ?? 0, max ?? Number.POSITIVE_INFINITY];
  return bounds.every((bound) => typeof bound === 'number') ? { min: bounds[0] ?? 0, max: bounds[1] ?? 0 } : undefined;
}

function named({ min, max }: Range): string {
  if (min === max) return String(min);
  if (max === Number.POSITIVE_INFINITY) return `at least ${min}`;
  return min === 0 ? `at most ${max}` : `${min} to ${max}`;
}
