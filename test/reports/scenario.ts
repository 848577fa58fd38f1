import { baselineOf, caseRun, defaults, trial } from '../gate/build.js';
import { completed, failed, inputOf, type RawCase, scored, unscored } from './build.js';

/** What no reader of a report may be harmed by. */
export const HOSTILE = [
  '\u001b[31mred\u001b[0m \u001b]8;;http://evil\u001b\\link\u0007',
  '\u0000\u0008\ufffe\ud800 ]]> </testcase> &#27;',
  '<img src=x onerror=alert(1)></script><script>alert(1)</script>',
  '| a | b |\n|---|---|\n```\n# heading @octocat #1 ![x](http://evil)',
  '::error file=a::owned\n##vso[task.setvariable]x\n##[group]y',
].join('\n');

const good = (id: string, more: Partial<RawCase> = {}): RawCase => ({
  case: id,
  raw: [completed('{"queue":"billing"}', [scored(true, 'equal')])],
  ...more,
});

const wrong = (id: string, more: Partial<RawCase> = {}): RawCase => ({
  case: id,
  raw: [
    completed('{"queue":"bug"}', [
      scored(false, 'expected "billing", got "bug"', { detail: { expected: 'billing', actual: 'bug' } }),
    ]),
  ],
  ...more,
});

const before = (ids: readonly string[], passes: readonly (0 | 1)[], repeats = 1) =>
  baselineOf(
    ids.map((id, index) =>
      caseRun(
        id,
        Array.from({ length: repeats }, () => trial(passes[index] ?? 1, { scores: { accuracy: passes[index] ?? 1 } })),
      ),
    ),
    {
      commit: 'fedcba9876543210',
    },
  );

const ids = ['refund', 'double-charge', 'crash', 'long', 'old-bug', 'fixture', 'hostile', 'tone', 'spare', 'extra'];

/** Everything that can happen to a case, an eval and a run. */
export const everything = inputOf(
  [
    {
      replayed: true,
      gate: { ...defaults, metrics: { accuracy: { tolerance: 0.05 } } },
      baseline: before(ids, [1, 1, 1, 1, 0, 1, 1, 1, 1, 1], 8),
      cases: [
        good('refund'),
        wrong('double-charge', { tags: ['critical'] }),
        {
          case: 'crash',
          raw: [
            completed('one\ntwo\nthree', [
              scored(false, 'the texts differ', {
                detail: { expected: 'one\n2\nthree', actual: 'one\ntwo\nthree' },
              }),
            ]),
            completed('one\n2\nthree', [scored(true, 'equal')]),
          ],
        },
        good('long'),
        wrong('old-bug'),
        wrong('fixture', { quarantine: { until: '2027-01-01', why: 'the fixture is wrong' } }),
        {
          case: 'hostile',
          raw: [completed(HOSTILE, [scored(false, HOSTILE, { detail: { expected: 'calm', actual: HOSTILE } })])],
        },
        {
          case: 'tone',
          raw: [
            {
              ...completed('a fine answer', [scored(true, 'equal'), unscored('the judge answered no JSON')]),
              graders: { calls: 1, costUsd: 0.002, inputTokens: 300, outputTokens: 40 },
            },
          ],
        },
        good('spare', { input: 'changed' }),
        good('new-one'),
      ],
    },
    {
      prompt: { id: 'support/summary', path: 'evals/support/summary.prompt.md', version: '111111111111' },
      model: 'anthropic:large',
      cases: [good('a'), good('b')],
      replayed: true,
      handWritten: true,
    },
    {
      prompt: { id: 'help/answer', path: 'evals/help/answer.prompt.md', version: '222222222222', owner: '@help' },
      model: 'openai:next',
      replaces: 'openai:small',
      baseline: before(['a', 'b', 'c'], [1, 1, 1]),
      cases: [
        good('a'),
        { case: 'b', raw: [failed('rate-limited', 'asked to wait 86400 s')] },
        { case: 'c', raw: [{ status: 'skipped', reason: 'the budget is spent' }] },
      ],
    },
  ],
  {
    notes: ['ignored column "seen" of fixtures/tickets.csv', 'accepted in this branch: accuracy .95 → .90'],
    circumstances: { incomplete: true, reasons: ['the budget of $5 is spent'] },
  },
);

/** A run in which nothing is wrong. */
export const calm = inputOf([
  { baseline: before(['a', 'b', 'c'], [1, 1, 0]), cases: [good('a'), good('b'), wrong('c')], replayed: true },
]);

export const empty = inputOf([]);

/** Failing cases that the minimum allows for. */
export const tolerated = inputOf([
  {
    gate: { ...defaults, minPassRate: 0.5, maxMissing: 0.5 },
    cases: [good('a'), good('b'), wrong('c'), { case: 'd', raw: [failed('server', 'status 500')] }],
  },
]);
