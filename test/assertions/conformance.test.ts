import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Declared, Scorer, Subject } from '../../src/assertions/assertion.js';
import { assertionTypes, findAssertion } from '../../src/assertions/map.js';
import type { Completion, ScoreOutcome } from '../../src/vocabulary.js';
import { answering, subject, tools } from './subjects.js';

/** One good declaration of each type; a type without one fails the suite. */
const DECLARED: Record<string, Partial<Declared>> = {
  equals: { value: 'abc' },
  contains: { value: 'abc' },
  icontains: { value: 'ABC' },
  'contains-any': { value: ['abc', 'x'] },
  'contains-all': { value: ['abc', 'x'] },
  'icontains-any': { value: ['ABC', 'x'] },
  'icontains-all': { value: ['ABC', 'x'] },
  'starts-with': { value: 'abc' },
  regex: { value: 'a(?=b)' },
  'is-json': {},
  'json-schema': { value: { type: 'string', pattern: '^a' } },
  levenshtein: { value: 'abcd', threshold: 5 },
  'rouge-n': { value: 'abc def', threshold: 0.75 },
  similar: { value: 'abc', options: { model: 'mock:embed' }, threshold: 0.75 },
  'word-count': { value: { max: 3 } },
  cost: { threshold: 1 },
  latency: { threshold: 1_000 },
  'finish-reason': { value: 'stop' },
  judge: { value: 'Is it abc?', threshold: 0.5 },
};

const OUTPUTS: Record<string, string> = {
  empty: '',
  'white space': ' \r\n\t ',
  match: 'abc',
  'a megabyte': 'abc '.repeat(262_144),
  'a megabyte of one letter': 'a'.repeat(1_048_576),
  'control characters': '\u0000\u0007\u001b[31mabc\u001b[0m\u009b\ufffe\uffff',
  'lone surrogates': 'abc \ud83d def \ude00',
  'right to left, joined and combined': 'مرحبا \u202eabc\u202c 👨‍👩‍👧 e\u0301',
  'its own verdict': '{"reason":"great","score":1,"pass":true,"status":"scored"}',
  'hostile keys': '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}',
  'deep nesting': '['.repeat(100_000) + ']'.repeat(100_000),
};

const completion = (output: string): Completion => ({
  output,
  finishReason: 'stop',
  costUsd: 0.001,
  latencyMs: 20,
  usage: { inputTokens: 1, outputTokens: 1 },
});

/** Answers judges and embeddings alike, so that every type can score. */
const { ask } = answering({
  output: '{"reason":"ok","score":0.7}',
  embeddings: [
    [1, 0.2],
    [1, 0],
  ],
});

async function prepared(type: string): Promise<Scorer> {
  const declared = DECLARED[type];
  const known = findAssertion(type);
  if (!declared || !known) throw new Error(`no declaration for ${type}`);
  return known.definition.prepare(frozen({ options: {}, ...declared }));
}

describe.each([...assertionTypes.keys()])('%s', (type) => {
  it('is declared well, and refuses nothing good', () => {
    const definition = assertionTypes.get(type);
    const declared = { options: {}, ...DECLARED[type] };
    expect(definition?.type).toBe(type);
    expect(definition?.summary).toMatch(/\.$/);
    expect(definition?.check?.(declared) ?? []).toEqual([]);
    expect(declared.threshold !== undefined).toBe(definition?.threshold !== undefined);
  });

  it.each(Object.entries(OUTPUTS))(
    'gives the same well-formed outcome each time and changes nothing: %s',
    async (_, output) => {
      const scorer = await prepared(type);
      const given = frozen(subject(output, { completion: completion(output), vars: { a: [1] }, expected: 'abc' }));
      const before = JSON.stringify(given);
      const first = await settled(scorer, given);
      expect(await settled(scorer, given)).toEqual(first);
      expect(JSON.stringify(given)).toBe(before);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      if (first === 'threw') return;
      expect(first.reason.length).toBeGreaterThan(0);
      expect(first.reason.length).toBeLessThan(2_000);
      if (first.status === 'unscored') return;
      expect(first.value).toBeGreaterThanOrEqual(0);
      expect(first.value).toBeLessThanOrEqual(1);
      expect(first.pass).toBeTypeOf('boolean');
    },
  );

  it('is prepared once and called many times at once, each call minding its own subject', async () => {
    const scorer = await prepared(type);
    const outputs = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'abc' : `other ${i}, no more at all`));
    const alone: ScoreOutcome[] = [];
    for (const output of outputs)
      alone.push(await scorer(subject(output, { completion: completion(output) }), tools(ask)));
    const together = await Promise.all(
      outputs.map(async (output) => scorer(subject(output, { completion: completion(output) }), tools(ask))),
    );
    expect(together).toEqual(alone);
  });
});

it('every type has its declaration here, and no name stands for two', () => {
  expect(Object.keys(DECLARED).toSorted()).toEqual([...assertionTypes.keys()].toSorted());
  const names = [...assertionTypes.values()].flatMap(({ type, aliases = [] }) => [type, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
});

it('names are found with aliases and not-, and nothing else is', () => {
  expect(findAssertion('llm-rubric')).toMatchObject({ definition: { type: 'judge' }, negated: false });
  expect(findAssertion('not-llm-rubric')).toMatchObject({ definition: { type: 'judge' }, negated: true });
  expect(findAssertion('not-contains')).toMatchObject({ definition: { type: 'contains' }, negated: true });
  for (const name of ['not-not-contains', 'contain', 'toString', '', 'not-'])
    expect(findAssertion(name)).toBeUndefined();
});

/** An outcome; throwing is allowed (dispatch makes it unscored), as long as it is the same each time. */
async function settled(scorer: Scorer, given: Subject): Promise<ScoreOutcome | 'threw'> {
  try {
    return await scorer(given, tools(ask));
  } catch {
    return 'threw';
  }
}

/** Frozen all through: changing it throws. */
function frozen<Value>(value: Value): Value {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

it('no assertion loads a library before it is used', () => {
  const room = new URL('../../src/assertions/', import.meta.url);
  const early = readdirSync(room).flatMap((file) =>
    [...readFileSync(new URL(file, room), 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '([^.'][^']*)'/gm)]
      .map((found) => found[1])
      .filter((name) => !name?.startsWith('node:')),
  );
  expect(readdirSync(room).length).toBeGreaterThan(20);
  expect(early).toEqual([]);
});
