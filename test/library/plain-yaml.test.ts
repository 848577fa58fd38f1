import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readFullYaml } from '../../src/library/full-yaml.js';
import { readPlainYaml } from '../../src/library/plain-yaml.js';
import type { Path } from '../../src/library/source.js';
import { readYaml } from '../../src/library/yaml.js';
import type { Json } from '../../src/vocabulary.js';

const AT = { file: 'a.yaml', lineOffset: 3 };

/** What people write, to be read quickly. */
const WRITTEN = [
  'owner: "@support-platform"\nwhy: A wrong queue costs the customer a day.\nmodels: [openai:gpt-5-mini]\n',
  'parameters: { maxTokens: 200, temperature: 0.5, openai: { reasoning: { effort: low } } }\n',
  'input:  { type: object, required: [ticket], properties: { ticket: { type: string } } }\n',
  'changelog:\n  - { date: 2026-11-22, why: "Prose broke it: ask for \\"JSON\\" only." }\n  - date: 2026-11-23\n    why: x\n',
  'changelog:\n- date: 2026-11-23\n  why: x\n- date: 2026-11-24\n  why: y\ntags: [a]\n',
  '# a comment\n\ndefaults:\n  assert:\n    - type: json-schema # the output\n    - type: equals\n      path: $.queue\n',
  "cases:\n  - id: a\n    vars:\n      ticket: |\n        The export hangs.\n\n          Indented.\n        </ticket> {{x}}: # no comment\n    tags: ['it''s', \"\"]\n  - vars: { n: -1.5, yes: true, no: null }\n",
  'a:\nb: |-\n  x\n  \n\nc: d\n',
  'list:\n  -\n    a: 1\n  - - x\n    - y\n  - z\n',
  'a: {\n    b: 1,\n    c: [1,\n     2]\n  }\nd: {}\ne: []\n',
  '[{ id: a, vars: { x: "😀 é" } }, { id: b }]\n',
  'a: http://example.com/x#y\nb: "c" # d\n"quoted key": 1\n\'k\': v\n$ref: x\n',
];

/** What needs the full reader, or is a mistake that it tells. */
const FOREIGN = [
  '',
  '---\na: 1\n',
  'a: &x 1\nb: *x\n',
  'a: !tag 1\n',
  'a: >\n  folded\n  text\n',
  'a: long text\n  that goes on\n',
  'a: 1\na: 2\n',
  '__proto__: 1\n',
  'a: "\\x41"\n',
  'a:\tb\n',
  'a: [1, 2,]\n',
  'a: ~\nb: True\nc: 0x10\nd: 1e3\ne: .5\nf: 12345678901234567890\n',
  '- a\nb: 1\n',
  'a: "x\n  y"\n',
  'a: b: c\n',
  'a: 1\n  b: 2\n',
  'a:\n   b: 1\n  c: 2\n',
  '? a\n: b\n',
  'a: @b\n',
  'a: 1\n---\nb: 2\n',
];

/** Whatever the quick reader reads, the full one reads alike, and says alike where it stands. */
function agree(text: string): boolean {
  const quick = readPlainYaml(text.replaceAll('\r\n', '\n'));
  if (!quick) return false;
  const full = readFullYaml(text, AT);
  if ('problems' in full) throw new Error(`only the quick reader reads ${JSON.stringify(text)}`);
  expect(quick.value, text).toStrictEqual(full.source.value);
  expect(JSON.stringify(quick.value), text).toBe(JSON.stringify(full.source.value));
  const read = readYaml(text, AT);
  if ('problems' in read) throw new Error('not read');
  for (const path of [...pathsOf(full.source.value), ['no', 'such'], [0, 'none']]) {
    for (const of of ['key', 'value'] as const) {
      expect(read.source.place(path, of), `${JSON.stringify(path)} (${of}) of ${JSON.stringify(text)}`).toEqual(
        full.source.place(path, of),
      );
    }
  }
  return true;
}

function pathsOf(value: Json): Path[] {
  if (value === null || typeof value !== 'object') return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([key, member]) =>
      pathsOf(member).map((path) => [Array.isArray(value) ? Number(key) : key, ...path]),
    ),
  ];
}

describe('the quick reader of YAML', () => {
  test.each(WRITTEN)('reads what people write: %j', (text) => {
    expect(agree(text)).toBe(true);
    expect(agree(text.replaceAll('\n', '\r\n'))).toBe(true);
  });

  test.each(FOREIGN)('leaves to the full reader: %j', (text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });

  test('agrees with the full reader on all that it prints', () => {
    const key = fc.oneof(fc.stringMatching(/^[a-z][\w -]{0,6}$/), fc.string({ maxLength: 4 }));
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.stringMatching(/^[-#:,[\]{}&*!|>'"%@`?~ \na-c0-9.]{0,8}$/),
    );
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(
          text,
          fc.integer(),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.boolean(),
          fc.constant(null),
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }) as fc.Arbitrary<Json>,
      ),
    }));
    let read = 0;
    fc.assert(
      fc.property(
        value,
        fc.constantFrom(1, 2, 4),
        fc.boolean(),
        fc.constantFrom(0, 30, 80),
        (json, indent, seq, width) => {
          read += Number(agree(stringify(json, { indent, indentSeq: seq, lineWidth: width })));
          read += Number(agree(JSON.stringify(json, null, indent)));
        },
      ),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test('agrees with it on texts that were changed here and there', () => {
    const scrap = fc.oneof(
      fc.constantFrom(...' \n-:#,[]{}&*!|>\'"%@`?~x1.\\'),
      fc.constantFrom(
        '\n  ',
        '\n\n',
        ': ',
        '- ',
        ' #',
        '|\n',
        '|-\n',
        '\r\n',
        'é',
        '0',
        '---',
        '...',
        '\n-',
        'null',
        'true',
      ),
    );
    const edit = fc.record({ at: fc.nat(400), remove: fc.nat(3), insert: fc.array(scrap, { maxLength: 2 }) });
    let read = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...WRITTEN, ...FOREIGN),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          let changed = text;
          for (const { at, remove, insert } of edits) {
            const start = changed.length === 0 ? 0 : at % (changed.length + 1);
            changed = changed.slice(0, start) + insert.join('') + changed.slice(start + remove);
          }
          read += Number(agree(changed));
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 3000) },
    );
    expect(read).toBeGreaterThan(100);
  });

  test('takes no more than linear time for what it gives up', () => {
    const began = process.cpuUsage();
    for (const piece of ['a', 'a ', '- ', '[', '{a: ', "'", '"\\', 'a: |\n ', ' ', '\n', '#']) {
      readPlainYaml(piece.repeat(200_000));
      readPlainYaml(`a: ${piece.repeat(200_000)}`);
    }
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});
