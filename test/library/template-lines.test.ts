import * as fc from 'fast-check';
import Mustache from 'mustache';
import { expect, test } from 'vitest';
import { lastUpTo, tagLines } from '../../src/library/template-lines.js';

type Spans = [sign: string, value: string, start: number, end: number, ...rest: unknown[]][];

const writer = new Mustache.Writer();
const spansOf = (text: string): Spans => writer.parse(text) as Spans;

/** Where the tags and texts of the short text stand in the whole. */
function put(spans: Spans, text: string, whole: (offset: number) => number): unknown[] {
  return spans.map(([sign, value, start, end, inner, ...rest]) => {
    const [from, to] = [whole(start), whole(end)];
    const below = Array.isArray(inner) ? put(inner as Spans, text, whole) : inner;
    // Of what follows, a section has the place of its end tag, and a partial what it is indented by.
    return [sign, sign === 'text' ? text.slice(from, to) : value, from, to, below, ...(sign === '>' ? rest : [])];
  });
}

function found(read: string, text: string, whole: (offset: number) => number): unknown {
  try {
    return put(spansOf(read), text, whole);
  } catch {
    return 'refused';
  }
}

test('mustache finds the same in a template without the lines between its tags', () => {
  const line = 'a line of more than forty characters, without a tag';
  const pieces = [
    '{{a}}',
    '{{{a}}}',
    '{{& a }}',
    '{{! why:\n\n x }}',
    '{{> p}}',
    '{{=<% %>=}}',
    '}}',
    '}',
    '{',
    ' ',
    '  ',
    '\n',
    '\n\n',
    'x',
  ];
  const { body } = fc.letrec<{ body: string }>((tie) => ({
    body: fc
      .array(
        fc.oneof(
          { depthSize: 'small' },
          fc.constantFrom(...pieces),
          fc.constantFrom(`\n${line}\n`, line, `\n${' '.repeat(50)}\n`, `\n${line}\n\n${line}\n  `),
          tie('body').map((inner) => `{{#s}}${inner}{{/s}}`),
          tie('body').map((inner) => `\n  {{^s}} \n${inner}\n{{/s}}\n`),
        ),
        { maxLength: 6 },
      )
      .map((list) => list.join('')),
  }));
  let shorter = 0;
  fc.assert(
    fc.property(body, (text) => {
      const lines = tagLines(text);
      if (lines.text.length < text.length) shorter += 1;
      expect(found(lines.text, text, lines.whole)).toEqual(found(text, text, (offset) => offset));
    }),
    { numRuns: 3000 },
  );
  expect(shorter).toBeGreaterThan(300);
});

test('a number is found in a list that ascends', () => {
  const list = [3, 5, 9];
  expect([2, 3, 4, 8, 9, 10].map((value) => lastUpTo(list, value))).toEqual([-1, 0, 0, 1, 2, 2]);
  expect(lastUpTo([], 1)).toBe(-1);
});
