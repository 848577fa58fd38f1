import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitFrontMatter } from '../../src/library/front-matter.js';
import { readJson } from '../../src/library/json.js';
import { nearest, nearestPath } from '../../src/library/nearest.js';
import { pathName, type Read } from '../../src/library/source.js';
import { readYaml } from '../../src/library/yaml.js';
import { MAX_YAML } from '../../src/library/source.js';

const AT = { file: 'a.yaml' };

function valueOf(read: Read): unknown {
  if ('problems' in read) throw new Error(read.problems.map(({ message }) => message).join('; '));
  return read.source.value;
}

/** Time of the processor since then: a busy machine must not fail a test. */
function seconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

/** `line:column code` of each problem. */
function faults(read: Read): string[] {
  if ('source' in read) throw new Error('it was read');
  return read.problems.map(({ place, code }) => `${place?.line}:${place?.column} ${code}`);
}

describe.each([
  ['YAML', readYaml],
  ['JSON', readJson],
])('%s', (_name, read) => {
  test('gives the value of any JSON, and where each member stands', () => {
    const safe = fc
      .jsonValue({ maxDepth: 4 })
      .filter((value) => !/__proto__|constructor|prototype/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(safe, (value) => {
        const text = JSON.stringify({ value }, null, 2);
        const result = read(text, AT);
        expect(valueOf(result)).toEqual(JSON.parse(text));
        expect('source' in result && result.source.place(['value'])).toEqual({ file: 'a.yaml', line: 2, column: 12 });
      }),
      { numRuns: 200 },
    );
  });

  test('tells keys from values, and falls back to what is around', () => {
    const result = read('{"a": {"b": [1, {"c": true}]},\r\n "d": ""}', { ...AT, lineOffset: 10 });
    if ('problems' in result) throw new Error('it was not read');
    const place = (path: (string | number)[], of?: 'key' | 'value'): string => {
      const { line, column } = result.source.place(path, of);
      return `${line}:${column}`;
    };
    expect(place(['a', 'b', 1, 'c'])).toBe('11:23');
    expect(place(['a', 'b', 1, 'c'], 'key')).toBe('11:18');
    expect(place(['a', 'b', 1, 'missing'])).toBe('11:17');
    expect(place(['d'], 'key')).toBe('12:2');
    expect(place([])).toBe('11:1');
  });

  test.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s and pollutes nothing', (key) => {
    expect(faults(read(`{"a": {"${key}": {"polluted": 1}}}`, AT))).toEqual(['1:8 forbidden-name']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('refuses a number that would change by being read', () => {
    expect(faults(read('{"a": 12345678901234567890}', AT))).toEqual(['1:7 inexact-number']);
    expect(valueOf(read('{"a": -9007199254740992, "b": 1e21}', AT))).toEqual({ a: -9007199254740992, b: 1e21 });
  });

  test('refuses a key given twice, also when written another way', () => {
    expect(faults(read('{"a": 1,\n "\\u0061": 2}', AT))).toEqual(['2:2 duplicate-key']);
  });

  test('refuses deep nesting at once, at any depth', () => {
    const started = process.cpuUsage();
    for (const depth of [102, 10_000]) {
      expect(faults(read('['.repeat(depth) + ']'.repeat(depth), AT))[0]).toMatch(/too-deep$/);
    }
    expect(seconds(started)).toBeLessThan(3);
  });
});

describe('JSON', () => {
  test.each([
    ['{"a": 1,}', '1:9 bad-json'],
    ["{'a': 1}", '1:2 bad-json'],
    ['{"a": 01}', '1:8 bad-json'],
    ['{"a": NaN}', '1:7 bad-json'],
    ['{"a": 1e999}', '1:7 bad-json'],
    ['{"a": "\t"}', '1:7 bad-json'],
    ['[1\n2]', '2:1 bad-json'],
    ['{"a": [1, 2', '1:12 bad-json'],
    ['', '1:1 bad-json'],
    ['// no', '1:1 bad-json'],
    ['{} {}', '1:4 bad-json'],
  ])('%j is refused at %s', (text, fault) => {
    expect(() => JSON.parse(text) as unknown).toSatisfy(
      (parse: () => unknown) => text.includes('1e999') || throws(parse),
    );
    expect(faults(readJson(text, AT))).toEqual([fault]);
  });
});

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

describe('YAML', () => {
  test.each([
    ['a: b: c', '1:4 bad-yaml'],
    ['a:\n\t- b', '2:1 bad-yaml'],
    ['a: "b', '1:6 bad-yaml'],
    ['a: 1\n---\na: 2', '2:1 bad-yaml'],
    ['a: 1\na: 2', '2:1 duplicate-key'],
    ['a: !!js/function "x"', '1:4 bad-yaml'],
    ['a: !!binary aGk=', '1:4 bad-yaml'],
    ['a: !!set { b }', '1:4 bad-yaml'],
    ['a: .nan', '1:4 bad-yaml'],
    ['? [a, b]\n: c', '1:3 bad-yaml'],
    ['a: *b', '1:4 bad-yaml'],
  ])('%j is refused at %s', (text, fault) => {
    expect(faults(readYaml(text, AT))).toContain(fault);
  });

  test('reads words and dates as text, and numbers as numbers', () => {
    const text = 'off: off\nno: yes\nday: 2026-11-22\nn: 1e3\nhex: 0x10\nempty:\n1: one\n';
    expect(valueOf(readYaml(text, AT))).toEqual({
      off: 'off',
      no: 'yes',
      day: '2026-11-22',
      n: 1000,
      hex: 16,
      empty: null,
      '1': 'one',
    });
  });

  test('keeps line breaks of block texts as LF, whatever the file has', () => {
    expect(valueOf(readYaml('a: |\r\n  one\r\n  two\r\nb: 1\r\n', AT))).toEqual({ a: 'one\ntwo\n', b: 1 });
  });

  test('unfolds aliases, but no bomb', () => {
    expect(valueOf(readYaml('a: &x { b: 1 }\nc: *x\nd: [*x, *x]', AT))).toEqual({
      a: { b: 1 },
      c: { b: 1 },
      d: [{ b: 1 }, { b: 1 }],
    });
    const levels = 'abcdefghi'.split('');
    const bomb = levels.map((name, index) => {
      const inner = index === 0 ? '"lol"' : `*${levels[index - 1]}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
    });
    const started = process.cpuUsage();
    expect(faults(readYaml(bomb.join('\n'), AT))[0]).toMatch(/too-many-aliases$/);
    expect(faults(readYaml('a: &a [*a]', AT))[0]).toMatch(/too-deep|too-many-aliases|bad-yaml/);
    expect(seconds(started)).toBeLessThan(1);
  });

  test('refuses a file that is too large before parsing it', () => {
    expect(faults(readYaml(`a: ${'x'.repeat(MAX_YAML)}`, AT))).toEqual(['1:1 too-large']);
  });
});

const split = (text: string) => splitFrontMatter(text, 'p.md');

describe('front matter', () => {
  test.each(['\n', '\r\n'])('is split from the template at its fences, with line ends %j', (end) => {
    expect(split(['---', 'a: 1', '---', 'one', 'two'].join(end))).toEqual({
      yaml: { text: 'a: 1', lineOffset: 1 },
      body: { text: 'one\ntwo', lineOffset: 3 },
    });
  });

  test('may be absent; a line of dashes further down is text', () => {
    expect(split('one\n---\ntwo')).toEqual({ body: { text: 'one\n---\ntwo', lineOffset: 0 } });
  });

  test('has no other language than YAML: nothing in a file is ever run', () => {
    expect(split('---js\nprocess.exit(1)\n---\nx')).toMatchObject({
      problem: { code: 'bad-front-matter', place: { line: 1 } },
    });
    expect(split('---\na: 1\n')).toMatchObject({ problem: { code: 'unclosed-front-matter' } });
    expect(split('\n\n---\na: 1\n---\nx')).toEqual({
      yaml: { text: 'a: 1', lineOffset: 3 },
      body: { text: 'x', lineOffset: 5 },
    });
  });
});

test('a path that names nothing is near an id, else near a folder of prompts', () => {
  const prompts = ['support/triage', 'billing/dunning'].map((id) => ({ id, path: `evals/${id}.prompt.md` }));
  expect(
    ['triage', 'support', 'evals/biling', 'evals/support/tirage.prompt.md', 'README.md'].map((path) =>
      nearestPath(path, prompts),
    ),
  ).toEqual(['support/triage', 'evals/support', 'evals/billing', 'support/triage', undefined]);
});

test('the nearest name is found despite case and separators, and none that is far', () => {
  const names = ['maxTokens', 'temperature', 'assert', 'id'];
  expect(['max_tokens', 'asserts', 'Temprature', 'ids', 'xyz', 'a'].map((name) => nearest(name, names))).toEqual([
    'maxTokens',
    'assert',
    'temperature',
    'id',
    undefined,
    undefined,
  ]);
});

test('a path is named as people write it', () => {
  expect(pathName(['cases', 3, 'vars', 'a b', 'c-d'])).toBe('cases[3].vars["a b"].c-d');
});
