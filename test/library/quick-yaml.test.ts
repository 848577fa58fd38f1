import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readPlain } from '../../src/library/plain-yaml.js';
import { readYamlQuickly } from '../../src/library/quick-yaml.js';
import { readSimple } from '../../src/library/simple-yaml.js';
import type { Path } from '../../src/library/source.js';
import { readYaml } from '../../src/library/yaml.js';
import type { Json } from '../../src/vocabulary.js';

const AT = { file: 'a.yaml', lineOffset: 3 };

/** What people write, to be read quickly. */
const PLAIN = [
  'owner: "@support-platform"\nwhy: A wrong queue costs the customer a day.\nmodels: [openai:gpt-5-mini]\n',
  'parameters: { maxTokens: 200, temperature: 0.5, openai: { reasoning: { effort: low } } }\n',
  'input:  { type: object, required: [ticket], properties: { ticket: { type: string } } }\n',
  'changelog:\n  - { date: 2026-11-22, why: "Prose broke it: ask for \\"JSON\\" only." }\n  - date: 2026-11-23\n    why: x\n',
  'changelog:\n- date: 2026-11-23\n  why: x\n- date: 2026-11-24\n  why: y\ntags: [a]\n',
  '# a comment\n\ndefaults:\n  assert:\n    - type: json-schema # the output\n    - type: equals\n      path: $.queue\n',
  "cases:\n  - id: a\n    vars:\n      ticket: |\n        The export hangs.\n\n          Indented.\n        Who? I & you. 5 % of {{x}}.\n    tags: ['it''s', \"\"]\n  - vars: { n: -1.5, yes: true, no: null }\n",
  'a:\nb: |-\n  x\n  \n\nc: d\nd: ~\ne: True\nf: 1e3\ng: .5\nh: -0\ni: 0b1\nj: 1_000\nk: off\nl: 2026-11-22\n',
  'list:\n  -\n    a: 1\n  - - x\n    - y\n  - z\nlong: text\n  that goes on\n\n  and on\nfolded: >\n  some\n  text\n\n    more\n',
  '{ x: {\na: 1 },\na: 2 }\n',
  'why: |\n  owner: x\nowner: y\n',
  'a: {\n    b: 1,\n    c: [1,\n     2,]\n  }\nd: {}\ne: []\nf: "\\x41\\n\n  b"\n',
  '[{ id: a, vars: { x: "😀 é" } }, { id: b }]\n',
  'a: http://example.com/x#y\nb: "c" # d\n"quoted key": 1\n\'k\': v\n$ref: x\n',
  '',
];

/** What the strict reader must read, or refuse. */
const REST = [
  '---\na: 1\n',
  'a: &x 1\nb: *x\n',
  'a: !tag 1\n',
  'a: !!binary aGk=\n',
  'a: 1\na: 2\n',
  '1.0: x\n1: y\n',
  '2026: x\n',
  'null: x\n',
  '__proto__: 1\n',
  'a: { constructor: 1 }\n',
  '"[object Object]": 1\n',
  'a:\tb\n',
  'a: 0x10\n',
  'a: .nan\n',
  'a: 12345678901234567890\n',
  'a: 1e999\n',
  '[a, b]: c\n',
  '{ [a], b: c }\n',
  '{ # a comment\n  [a] }\n',
  'a: [{ b: c }, [d]]\n',
  '[ : empty key ]\n',
  '? a\n: b\n',
  'a: "b"# no comment\n',
  'a: >\n \n  \n # no text\n',
  'a: @b\n',
  'a: 1\n---\nb: 2\n',
  'a: 1\rb: 2\n',
  `${'['.repeat(102)}${']'.repeat(102)}`,
  '['.repeat(20_000),
];

/** Whatever is read quickly is read alike by the strict reader, which says the same of where it stands. @returns whether it was */
function agree(text: string): boolean {
  agreeSimply(text);
  const plain = readPlain(text);
  if (!plain) return false;
  const strict = readYaml(text, AT);
  if ('problems' in strict) throw new Error(`${JSON.stringify(text)}: ${strict.problems[0]?.message}`);
  expect(JSON.stringify(plain.value), JSON.stringify(text)).toBe(JSON.stringify(strict.source.value));
  const quick = readYamlQuickly(text, AT);
  if ('problems' in quick) throw new Error('not read');
  for (const path of [...pathsOf(plain.value), ['no', 'such'], [0, 'none']]) {
    for (const of of ['key', 'value'] as const) {
      const { file, line, column } = quick.source.place(path, of);
      expect({ file, line, column }).toEqual(strict.source.place(path, of));
    }
  }
  return true;
}

/** The same of what is read simply. */
function agreeSimply(text: string): boolean {
  const simple = readSimple(text);
  if (!simple) return false;
  const strict = readYaml(text, AT);
  if ('problems' in strict) throw new Error(`${JSON.stringify(text)}: ${strict.problems[0]?.message}`);
  expect(JSON.stringify(simple.value), JSON.stringify(text)).toBe(JSON.stringify(strict.source.value));
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

/** More of them: RUNS=100000 npx vitest run test/library/quick-yaml.test.ts */
const RUNS = Number(process.env.RUNS ?? 1000);

/** What an application reads without a parser. */
const SIMPLE = [
  ...PLAIN.slice(0, 3),
  PLAIN.at(4) ?? '',
  'a:\n  b:\n    - c: 1\n      d: [x, {y: z}]\n    - e\n  f:\n  - g\n  - h: i # j\nk:\n# l\n\nm: {}\n',
  '- a: b c, d [e] {f}\n- \'it\'\n-  g: "h: #i"\n   j: -1.5e3\n- ~\n- k: http://l.m/n#o\n',
  'a: 1 # b\nnull: NULL\ntrue: TRUE\n$ref: "#/x"\nc.d: é ö – 日本\n',
  '',
];

describe('what is read simply', () => {
  test.each(SIMPLE)('is what stands in most prompts: %j', (text) => {
    expect(agreeSimply(text)).toBe(true);
  });

  test('agrees with the strict reader on texts of its pieces', () => {
    const pieces = [
      'a',
      'b: ',
      'c:',
      '- ',
      '  ',
      ' ',
      '\n',
      '\n  ',
      '\n    ',
      ', ',
      ',',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '#',
      ' # ',
    ];
    const values = [
      '1',
      '-1',
      '1.',
      '.5',
      'null',
      '~',
      'x y',
      'é',
      '-',
      ':',
      '1e5',
      '0x1',
      '$r',
      '(',
      '...',
      '---',
      '\n- ',
      '\nd: ',
    ];
    const text = fc.array(fc.constantFrom(...pieces, ...values), { maxLength: 16 }).map((list) => list.join(''));
    let read = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((each) => `a: ${each}`),
          text.map((each) => `a:\n  - b: ${each}`),
        ),
        (each) => {
          read += Number(agreeSimply(each));
        },
      ),
      { numRuns: RUNS * 5 },
    );
    expect(read).toBeGreaterThan(RUNS / 4);
  });
});

describe('what is read quickly', () => {
  test.each(PLAIN)('is what people write: %j', (text) => {
    expect(agree(text)).toBe(true);
    expect(agree(text.replaceAll('\n', '\r\n'))).toBe(true);
  });

  test.each(REST)('is not %j: the strict reader decides', (text) => {
    expect(readPlain(text)).toBeUndefined();
    expect(() => agreeSimply(text)).not.toThrow();
    expect(JSON.stringify(readYamlQuickly(text, AT))).toBe(JSON.stringify(readYaml(text, AT)));
  });

  test('agrees with the strict reader on all that it prints', () => {
    const key = fc.oneof(fc.stringMatching(/^[a-z][\w -]{0,6}$/), fc.string({ maxLength: 4 }));
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.stringMatching(/^[-#:,[\]{}&*!|>'"%@`?~ \na-c0-9.]{0,8}$/),
    );
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(text, fc.integer(), number, fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }) as fc.Arbitrary<Json>,
      ),
    }));
    let read = 0;
    const layout = fc.record({
      indent: fc.constantFrom(1, 2, 4),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 30, 80),
    });
    fc.assert(
      fc.property(value, layout, (json, options) => {
        read += Number(agree(stringify(json, options)));
        read += Number(agree(JSON.stringify(json, null, options.indent)));
      }),
      { numRuns: RUNS / 5 },
    );
    expect(read).toBeGreaterThan(RUNS / 20);
  });

  test('agrees with it on texts that were changed here and there', () => {
    const signs = [...' \n-:#,[]{}&*!|>\'"%@`?~x1.\\'];
    const pieces = [
      '\n  ',
      '\n\n',
      ': ',
      '- ',
      ' #',
      '|\n',
      '|-\n',
      '>\n',
      '\r\n',
      'é',
      '0',
      '---',
      '\n-',
      'null',
      '""',
    ];
    const scrap = fc.constantFrom(...signs, ...pieces, '\u2028', '\u0085', '\n]', '\n}', '<<: ', '0x', 'e5', '\\u0041');
    const edit = fc.record({ at: fc.nat(400), remove: fc.nat(3), insert: fc.array(scrap, { maxLength: 2 }) });
    let read = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...PLAIN, ...REST.slice(0, -2)),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          let changed = text;
          for (const { at, remove, insert } of edits) {
            const start = at % (changed.length + 1);
            changed = changed.slice(0, start) + insert.join('') + changed.slice(start + remove);
          }
          read += Number(agree(changed));
        },
      ),
      { numRuns: RUNS },
    );
    expect(read).toBeGreaterThan(RUNS / 20);
  });

  test('is given up in linear time', () => {
    for (const piece of ['a', 'a ', 'a:', '- ', '[', '{a: ', "'", ' ', '#', ' #', '] ']) {
      readSimple(`a: ${piece.repeat(19_900 / piece.length)}`);
    }
    const began = process.cpuUsage();
    for (const piece of ['a', 'a ', '- ', '[', '{a: ', "'", '"\\', 'a: |\n ', ' ', '\n', '#', '|\n', '] ']) {
      readPlain(piece.repeat(100_000));
      readPlain(`a: ${piece.repeat(100_000)}`);
    }
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(5);
  });
});
