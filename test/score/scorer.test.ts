import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ask } from '../../src/ask/ask.js';
import { inverted } from '../../src/score/outcome.js';
import type { Answer, Completion, FailureKind, ScoreOutcome } from '../../src/vocabulary.js';
import { answer, assertion, prompt, scored, scorerWith, TRIAL, testCase, typesOf, typesWith } from './builders.js';

const failing =
  (kind: FailureKind): Ask =>
  async () => ({ ok: false, failure: { kind, message: 'down' }, attempts: 1 });

describe('scoring a trial', () => {
  it('keeps the order of assertions and says of each what it is', async () => {
    const result = await scored(
      [
        assertion({ type: 'contains', value: 'b', weight: 2, metric: 'style' }),
        assertion({ type: 'contains', value: 'x', negated: true, level: 'warn' }),
        assertion({ type: 'equals', value: 'abc' }),
      ],
      'abc',
    );
    expect(result.scores).toEqual([
      {
        type: 'contains',
        metric: 'style',
        weight: 2,
        level: 'error',
        status: 'scored',
        value: 1,
        pass: true,
        reason: 'contains "b"',
      },
      {
        type: 'not-contains',
        metric: 'not-contains',
        weight: 1,
        level: 'warn',
        status: 'scored',
        value: 1,
        pass: true,
        reason: 'does not contain "x"',
      },
      {
        type: 'equals',
        metric: 'equals',
        weight: 1,
        level: 'error',
        status: 'scored',
        value: 1,
        pass: true,
        reason: 'equals "abc"',
      },
    ]);
    expect(result).toMatchObject({ ...TRIAL, status: 'completed', attempts: 1, source: 'call', pass: true, score: 1 });
  });

  it('does not run an assertion of level off', async () => {
    const types = typesOf(() => {
      throw new Error('ran');
    });
    const result = await scored(
      [assertion({ type: 'own', level: 'off' }), assertion({ type: 'equals', value: 'a' })],
      'a',
      { assertions: types },
    );
    expect(result.scores.map(({ type }) => type)).toEqual(['equals']);
  });

  it('falls back to the expected value and to the output schema', async () => {
    const about = { case: { expected: 'abc' }, prompt: { output: { type: 'number' } } };
    const result = await scored([assertion({ type: 'equals' }), assertion({ type: 'json-schema' })], 'abc', {}, about);
    expect(result.scores.map((each) => each.status === 'scored' && each.pass)).toEqual([true, false]);
  });

  it('looks through a path, once read, with the type of what it finds', async () => {
    const result = await scored(
      [
        assertion({ type: 'equals', path: '$.queue', value: 'billing' }),
        assertion({ type: 'equals', path: '$.n', value: 3 }),
        assertion({ type: 'equals', path: '$.n', value: '3' }),
        assertion({ type: 'equals', path: '$.queue', value: 'BILLING', transform: 'uppercase' }),
        assertion({ type: 'contains', path: '$.list', value: '"a"' }),
      ],
      '{"queue":"billing","n":3,"list":["a","b"]}',
    );
    expect(result.scores.map((each) => each.status === 'scored' && each.pass)).toEqual([true, true, false, true, true]);
  });

  it('takes JSON out of a fence before the path only when told to', async () => {
    const fenced = '```json\n{"a":" B "}\n```';
    const result = await scored(
      [
        assertion({ type: 'equals', path: '$.a', value: 'b', transform: 'json|trim|lowercase' }),
        assertion({ type: 'equals', path: '$.a', value: 'b', transform: 'trim|lowercase' }),
      ],
      fenced,
    );
    expect(result.scores).toMatchObject([
      { pass: true },
      { pass: false, reason: 'the output is not JSON, so it has no $.a' },
    ]);
  });

  it.each([
    ['prose', 'the output is not JSON, so it has no $.a'],
    ['{"b":1}', 'the output has nothing at $.a'],
  ])('fails a check and its not- alike where there is nothing to look at: %s', async (output, reason) => {
    const check = { type: 'contains', value: 'rude', path: '$.a' };
    const result = await scored([assertion(check), assertion({ ...check, negated: true })], output);
    expect(result.scores).toMatchObject([
      { status: 'scored', value: 0, pass: false, reason },
      { status: 'scored', value: 0, pass: false, reason },
    ]);
    expect(result.pass).toBe(false);
  });

  it('hands on what a hand-written recording is', async () => {
    const result = await scored([assertion({ type: 'equals', value: 'a' })], {
      ...answer('a'),
      source: 'recording',
      attempts: 0,
      handWritten: true,
    });
    expect(result).toMatchObject({ source: 'recording', attempts: 0, handWritten: true });
  });
});

describe('a scorer that fails', () => {
  it.each([
    [
      'throws an error',
      () => {
        throw new Error('broken');
      },
      'broken',
    ],
    [
      'throws a text',
      () => {
        throw 'broken';
      },
      'broken',
    ],
    [
      'throws null',
      () => {
        throw null;
      },
      'the scorer failed without saying why',
    ],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
      'the scorer failed without saying why',
    ],
    ['rejects', () => Promise.reject(new Error('later')), 'later'],
    ['gives nothing', () => undefined, 'the scorer gave no outcome'],
    ['gives a text', () => 'yes', 'the scorer gave no outcome'],
    [
      'gives NaN',
      () => ({ status: 'scored', value: Number.NaN, pass: true, reason: '' }),
      'the scorer gave the value NaN, which is not a number from 0 to 1',
    ],
    [
      'gives 1.5',
      () => ({ status: 'scored', value: 1.5, pass: true, reason: '' }),
      'the scorer gave the value 1.5, which is not a number from 0 to 1',
    ],
    ['gives no pass', () => ({ status: 'scored', value: 1, reason: '' }), 'the scorer did not say whether it passed'],
    ['gives another status', () => ({ status: 'passed', value: 1, pass: true }), 'the scorer gave no outcome'],
  ])('%s: unscored, also with not-, and the others go on', async (_, scorer, reason) => {
    const assertions = typesOf(scorer as never);
    const own = { type: 'own', value: 1 };
    const result = await scored(
      [assertion(own), assertion({ ...own, negated: true }), assertion({ type: 'equals', value: 'a' })],
      'a',
      { assertions },
    );
    expect(result.scores).toMatchObject([
      { status: 'unscored', reason },
      { status: 'unscored', reason },
      { status: 'scored', pass: true },
    ]);
    expect(result).not.toHaveProperty('pass');
    expect(result).not.toHaveProperty('score');
  });

  it('in preparing: the same', async () => {
    const assertions = typesWith('own', () => {
      throw new Error('cannot be prepared');
    });
    expect((await scored([assertion({ type: 'own' })], 'a', { assertions })).scores).toMatchObject([
      { status: 'unscored', reason: 'cannot be prepared' },
    ]);
  });

  it('of an unknown type, path or transform: the same', async () => {
    const result = await scored(
      [
        assertion({ type: 'nope' }),
        assertion({ type: 'equals', value: 'a', path: 'a.b' }),
        assertion({ type: 'equals', value: 'a', transform: 'x' }),
      ],
      'a',
    );
    expect(result.scores.map(({ status }) => status)).toEqual(['unscored', 'unscored', 'unscored']);
  });

  it('on what is nested too deeply: unscored with a plain reason', async () => {
    const node = { $ref: '#/$defs/n', $defs: { n: { type: 'array', items: { $ref: '#/$defs/n' } } } };
    const output = '['.repeat(50_000) + ']'.repeat(50_000);
    expect((await scored([assertion({ type: 'json-schema', value: node })], output)).scores).toMatchObject([
      { status: 'unscored', reason: 'the output is nested too deeply' },
    ]);
  });
});

describe('not-', () => {
  const outcome: fc.Arbitrary<ScoreOutcome> = fc.oneof(
    fc.record({
      status: fc.constant('scored' as const),
      value: fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 1_000_000),
      pass: fc.boolean(),
      reason: fc.string(),
    }),
    fc.record({ status: fc.constant('unscored' as const), reason: fc.string() }),
  );

  it('twice is as it was; the two scores add up to 1; what is unscored stays so', () => {
    fc.assert(
      fc.property(outcome, (each) => {
        const not = inverted(each);
        expect(inverted(not)).toEqual(each);
        const turned = each.status === 'scored' && {
          pass: !each.pass,
          value: Math.round((1 - each.value) * 1e6) / 1e6,
        };
        expect(not).toEqual({ ...each, ...turned });
      }),
    );
  });

  it('shows no difference between two equal texts', async () => {
    const result = await scored([assertion({ type: 'equals', value: 'a', negated: true })], 'a');
    expect(result.scores).toMatchObject([{ pass: false, reason: 'equals "a"' }]);
    expect(result.scores[0]).not.toHaveProperty('detail');
  });
});

describe('an answer that was cut, filtered or refused', () => {
  const passing = assertion({ type: 'contains', value: 'a' });

  it.each(['length', 'content-filter', 'refusal'] as const)(
    'fails for %s, whatever its assertions say',
    async (finishReason) => {
      const result = await scored([passing], answer('abc', { finishReason }));
      expect(result.pass).toBe(false);
      expect(result.scores.at(-1)).toMatchObject({
        type: 'finish-reason',
        metric: 'pass',
        level: 'error',
        value: 0,
        pass: false,
      });
    },
  );

  it('is left to an assertion that says how it is to end, where that decides', async () => {
    const ending = { type: 'finish-reason', value: ['stop', 'length'] };
    expect((await scored([passing, assertion(ending)], answer('abc', { finishReason: 'length' }))).pass).toBe(true);
    for (const more of [{ level: 'warn' }, { level: 'off' }, { value: 'refusal', negated: true }] as const) {
      const other = assertion({ ...ending, ...more });
      expect((await scored([passing, other], answer('abc', { finishReason: 'length' }))).pass).toBe(false);
    }
  });

  it.each(['stop', 'tool-calls', 'other'] as const)('and no other: %s', async (finishReason) => {
    expect((await scored([passing], answer('abc', { finishReason }))).scores).toHaveLength(1);
  });
});

describe('preparing', () => {
  it('is done once for equal checks, of any case, repeat and concurrency', async () => {
    let count = 0;
    const assertions = typesWith('own', async ({ value }) => {
      count += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return () => ({ status: 'scored', value: 1, pass: true, reason: String(value) });
    });
    const scorer = scorerWith({ assertions });
    const subject = prompt();
    const run = (value: string, expected: string) =>
      scorer.score({
        trial: TRIAL,
        case: testCase([assertion({ type: 'own', value })], { expected }),
        prompt: subject,
        answer: answer('a'),
      });
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => run(i % 2 === 0 ? 'a' : 'b', `expected ${i}`)),
    );
    expect(count).toBe(2);
    expect(results.map((each) => each.status === 'completed' && each.scores[0]?.reason)).toEqual(
      results.map((_, i) => (i % 2 === 0 ? 'a' : 'b')),
    );
  });

  it('is done anew for another value, option, threshold, expected value or output schema', async () => {
    const seen: unknown[] = [];
    const own = typesWith('own', (declared) => {
      seen.push(declared);
      return () => ({ status: 'scored', value: 1, pass: true, reason: '' });
    });
    const definition = own.get('own');
    if (!definition) throw new Error('made above');
    const scorer = scorerWith({ assertions: new Map([['own', { ...definition, needs: 'expected' }]]) });
    const run = (check: object, expected: string | undefined, output?: object) =>
      scorer.score({
        trial: TRIAL,
        case: testCase([assertion({ type: 'own', ...check })], expected === undefined ? {} : { expected }),
        prompt: prompt(output ? { output: { ...output } } : {}),
        answer: answer('a'),
      });
    for (let twice = 0; twice < 2; twice += 1) {
      await run({}, 'a');
      await run({}, 'b');
      await run({ value: 'a' }, 'b');
      await run({ value: 'a', options: { x: 1 } }, 'b');
      await run({ value: 'a', threshold: 0.5 }, 'b');
      await run({ value: 'x'.repeat(5_000) }, 'b');
      await run({}, 'a', { type: 'object' });
      await run({}, 'a', { type: 'array' });
    }
    expect(seen).toHaveLength(8);
  });
});

describe('the world around', () => {
  const judged = assertion({ type: 'judge', value: 'Is it kind?' });

  it('is asked about what it lacks before anything is called', () => {
    const without = scorerWith().lacks(testCase([judged]), prompt());
    expect(without).toMatchObject([
      { code: 'cannot-score', message: expect.stringMatching(/^judge cannot be scored/), place: judged.place },
    ]);
    expect(scorerWith().lacks(testCase([{ ...judged, level: 'off' }]), prompt())).toEqual([]);
    expect(scorerWith({ judge: { model: 'mock:j' } }).lacks(testCase([judged]), prompt())).toEqual([]);
  });

  it('may end a run while a judge is asked: then the trial is to be taken up again', async () => {
    const ask = failing('aborted');
    const result = await scorerWith({ ask, judge: { model: 'mock:j' } }).score({
      trial: TRIAL,
      case: testCase([judged]),
      prompt: prompt(),
      answer: answer('a'),
    });
    expect(result).toMatchObject({ ...TRIAL, status: 'skipped' });
  });

  it('may have trouble with a judge: then that score is unscored and the trial complete', async () => {
    const ask = failing('server');
    const result = await scored([judged, assertion({ type: 'equals', value: 'a' })], 'a', {
      ask,
      judge: { model: 'mock:j' },
    });
    expect(result.scores).toMatchObject([{ status: 'unscored' }, { status: 'scored' }]);
    expect(result).not.toHaveProperty('pass');
  });
});

describe('what graders took', () => {
  const judge = { model: 'mock:j' };
  const judged = (metric: string) => assertion({ type: 'judge', value: metric, metric });
  const asking =
    (...answers: Answer[]): Ask =>
    async () => {
      const next = answers.shift();
      if (!next) throw new Error('asked more often than expected');
      return next;
    };
  const graded = (more: Partial<Completion>): Answer => ({
    ok: true,
    completion: { output: '{"reason":"so","score":1}', finishReason: 'stop', ...more },
    attempts: 1,
    source: 'call',
  });
  const usage = { inputTokens: 20, outputTokens: 5 };
  const priced = graded({ costUsd: 0.25, usage });

  it('is added up per answer, and stands beside what the answer took', async () => {
    const ask = asking(priced, priced);
    const result = await scored([judged('a'), judged('b')], 'x', { ask, judge });
    expect(result.graders).toEqual({ calls: 2, costUsd: 0.5, inputTokens: 40, outputTokens: 10 });
    expect(result.completion).not.toHaveProperty('costUsd');
  });

  it('is not known where one of them does not say, or failed after it was asked', async () => {
    const failed: Answer = { ok: false, failure: { kind: 'server', message: 'status 500' }, attempts: 4 };
    const silent = await scored([judged('a'), judged('b')], 'x', { ask: asking(priced, graded({ usage })), judge });
    expect(silent.graders).toEqual({ calls: 2, inputTokens: 40, outputTokens: 10 });
    const broken = await scored([judged('a'), judged('b')], 'x', { ask: asking(priced, failed), judge });
    expect(broken.graders).toEqual({ calls: 2 });
  });

  it('is nothing where none was asked', async () => {
    const missing: Answer = { ok: false, failure: { kind: 'not-recorded', message: 'no recording' }, attempts: 0 };
    expect(await scored([assertion({ type: 'equals', value: 'x' })], 'x')).not.toHaveProperty('graders');
    expect(await scored([judged('a')], 'x', { ask: asking(missing), judge })).not.toHaveProperty('graders');
  });

  it('of embeddings knows that they put out no tokens', async () => {
    const embeddings = [
      [1, 0],
      [1, 0],
    ];
    const ask = asking(graded({ embeddings, costUsd: 0.01, usage: { inputTokens: 6 } }));
    const similar = assertion({ type: 'similar', value: 'x', options: { model: 'mock:e' } });
    const { graders } = await scored([similar], 'x y', { ask });
    expect(graders).toEqual({ calls: 1, costUsd: 0.01, inputTokens: 6, outputTokens: 0 });
  });
});
