import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ask } from '../../src/ask/ask.js';
import type { EvaluateOptions } from '../../src/pipeline/options.js';
import { merge } from '../../src/pipeline/merge.js';
import { seeded } from '../../src/stats/random.js';
import type { Answer, Mode } from '../../src/vocabulary.js';
import { type Content, type Project, project, type RunReport } from '../support/project.js';
import { acceptInside, evaluateInside, mistakeOf, quietWorld } from './inside.js';
import { simulated } from './simulated.js';

/** A small library, how it is run, and what its models say: all that decides a run's report. */
interface World {
  seed: number;
  /** Of each prompt, how many cases it has. */
  prompts: number[];
  models: number;
  judged: boolean;
  repeats: { min: number; more: number };
  count: number;
  mode: Mode;
  baseline: boolean;
  /** Of a hundred trials, how many end in each way that is no right answer. */
  rates: { wrong: number; errored: number; skipped: number; ungraded: number };
}

const world = fc.record<World>({
  seed: fc.nat(1e6),
  prompts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
  models: fc.integer({ min: 1, max: 2 }),
  judged: fc.boolean(),
  repeats: fc.record({ min: fc.integer({ min: 1, max: 2 }), more: fc.integer({ min: 0, max: 3 }) }),
  count: fc.integer({ min: 1, max: 5 }),
  mode: fc.constantFrom<Mode>('live', 'live', 'replay'),
  baseline: fc.boolean(),
  rates: fc.record({
    wrong: fc.constantFrom(0, 3, 15, 60),
    errored: fc.constantFrom(0, 0, 10),
    skipped: fc.constantFrom(0, 0, 10),
    ungraded: fc.constantFrom(0, 0, 20),
  }),
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

function library({ prompts, models, judged, repeats }: World): Record<string, Content> {
  const files: [string, Content][] = prompts.flatMap((cases, at): [string, Content][] => [
    [`evals/p${at}.prompt.md`, 'Say {{word}}.'],
    [
      `evals/p${at}.cases.yaml`,
      [
        `defaults: { assert: [{ type: contains, value: yes }${judged ? ', { type: judge, value: Is it polite?, metric: polite }' : ''}] }`,
        'cases:',
        ...numbers(cases).map(
          (id) => `  - { id: c${id}, vars: { word: w${id} }${id % 5 === 0 ? ', tags: [critical]' : ''} }`,
        ),
      ],
    ],
  ]);
  const config = [
    'providers: { sim: { type: openai, baseURL: "http://127.0.0.1:1/v1", api: chat } }',
    `models: [${numbers(models).map((at) => `"sim:m${at}"`)}]`,
    'judge: { model: "sim:judge-2026-01-31" }',
    `repeats: { min: ${repeats.min}, max: ${repeats.min + repeats.more} }`,
    'gate: { minPassRate: 0.5, maxMissing: 0.3 }',
  ];
  return { 'assay.config.yaml': config, ...Object.fromEntries(files) };
}

/** Models and a judge whose answers are drawn from the name of what is asked: the same in whichever process, and in any order. */
function answers(era: string, { seed, rates }: World): Ask {
  return async ({ model }, { purpose, trial }) => {
    const random = seeded(JSON.stringify([era, seed, model, purpose, trial]));
    // Of those that are not asked, a trial that the budget refuses: a provider that was given up is given up for all.
    const fails = (kind: 'server' | 'budget' | 'bad-request'): Answer => ({
      ok: false,
      failure: { kind, message: `${kind} for ${trial.case.length} letters` },
      attempts: kind === 'budget' ? 0 : 1,
    });
    const gives = (output: string): Answer => ({
      ok: true,
      completion: {
        output,
        finishReason: 'stop',
        usage: { inputTokens: 10, outputTokens: random.below(20) },
        latencyMs: 5 + random.below(50),
        costUsd: random.below(1000) / 1e6,
      },
      attempts: 1,
      source: 'call',
    });
    const draw = random.next() * 100;
    if (purpose === 'judge') {
      if (draw < rates.ungraded) return fails('bad-request');
      return gives(JSON.stringify({ reason: 'as it is', score: random.next() < 0.9 ? 1 : 0 }));
    }
    const { skipped, errored, wrong } = rates;
    if (draw < skipped) return fails('budget');
    if (draw < skipped + errored) return fails('bad-request');
    return gives(draw < skipped + errored + wrong ? 'no' : 'yes');
  };
}

/** What a run must not depend on how it was divided: everything but ids and times. */
function told(made: Project, code: number): object {
  const { run, ...report } = JSON.parse(made.read('reports/report.json')) as { run: object };
  const { id: _id, startedAt: _began, finishedAt: _ended, ...rest } = run as Record<string, unknown>;
  return {
    code,
    report: { ...report, run: rest },
    junit: made.read('reports/junit.xml'),
    summary: made.read('reports/summary.md'),
  };
}

async function expectOneRun(drawn: World): Promise<void> {
  const ends: (() => void | Promise<void>)[] = [];
  const made = project(library(drawn), (end) => ends.push(end));
  const run = (port: Ask, options: Partial<EvaluateOptions>) =>
    evaluateInside(made, { port, mode: drawn.mode, ...options });
  try {
    if (drawn.baseline) {
      const then = answers('then', { ...drawn, rates: { wrong: 10, errored: 0, skipped: 0, ungraded: 0 } });
      await run(then, { mode: 'live' });
      await acceptInside(made, { port: then });
      made.remove('reports');
      // A changed prompt: its answers are new ones, which the stages look at.
      for (const at of drawn.prompts.keys()) made.write(`evals/p${at}.prompt.md`, 'Say {{word}} now.');
    }
    const now = answers('now', drawn);
    if (drawn.mode === 'replay') {
      await run(now, { mode: 'record', repeats: { min: drawn.repeats.min, max: drawn.repeats.min } });
      made.remove('reports');
    }
    const whole = told(made, (await run(now, {})).code);
    made.remove('reports');
    const folders = numbers(drawn.count).map((index) => `shards/${index}`);
    for (const [at, out] of folders.entries()) {
      await run(now, { out, shard: { index: at + 1, count: drawn.count } });
    }
    const merged = await merge(folders.toReversed(), { cwd: made.root }, quietWorld());
    merged.close();
    expect(told(made, merged.verdict.exitCode)).toEqual(whole);
  } finally {
    for (const end of ends) await end();
  }
}

test('law: the shards of a run merge into the run of one process', async () => {
  await fc.assert(fc.asyncProperty(world, expectOneRun), { numRuns: 15 });
}, 300_000);

test.for<[string, (made: Project) => void, RegExp]>([
  [
    'config',
    (made) => made.write('assay.config.yaml', `${made.read('assay.config.yaml')}gate: { minPassRate: 0.5 }\n`),
    /config was "\w{12}" there and is "\w{12}" here/,
  ],
  ['commit', (made) => made.commit('elsewhere'), /commit was "\w{40}" there and is "\w{40}" here/],
])('a shard that ran with another %s is refused, and named', async ([_what, change, words]) => {
  const made = simulated(6, { files: { '.gitignore': 'shards\n' } });
  made.commit('first');
  const shard = (index: number) => made.evaluate({ shard: { index, count: 2 }, out: `shards/${index}` });
  await shard(1);
  change(made);
  await shard(2);
  const { code, text, exit } = await mistakeOf(merge(['shards/1', 'shards/2'], { cwd: made.root }, quietWorld()));
  expect({ code, exit }).toEqual({ code: 'foreign-shard', exit: 2 });
  expect(text).toMatch(words);
  expect(text).toMatch(/the run in shards\/[12] is no part of this one/);
  expect(made.has('reports')).toBe(false);
});

test('trials that were not begun keep their reason through a merge', async () => {
  const made = simulated(12);
  let asked = 0;
  let end = (): void => undefined;
  const up = new Promise<void>((resolve) => {
    end = resolve;
  });
  const port: Ask = async (_request, { trial, signal }) => {
    asked += 1;
    if (asked === 12) setImmediate(end);
    if (trial.case < 'c004') {
      return { ok: true, completion: { output: 'yes', finishReason: 'stop' }, attempts: 1, source: 'call' };
    }
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return { ok: false, failure: { kind: 'aborted', message: 'ended' }, attempts: 0 };
  };
  const quiet = quietWorld();
  // An hour ends when all have been asked, and what was answered was scored.
  const hours = { ...quiet, sleep: (ms: number, stop?: AbortSignal) => (ms > 3e6 ? up : quiet.sleep(ms, stop)) };
  const shard = { index: 1, count: 1 };
  await evaluateInside(made, { mode: 'live', shard, out: 'shards/1', port, maxTimeMs: 3_600_000 }, hours);
  const merged = await merge(['shards/1'], { cwd: made.root }, quiet);
  merged.close();
  const report = JSON.parse(made.read('reports/report.json')) as RunReport;
  expect(report.evals[0]?.results.at(-1)).toMatchObject({
    status: 'skipped',
    reason: 'time spent: the run may take 3600 s (--max-time)',
  });
  expect(report.trials).toEqual({ planned: 12, completed: 4, errored: 0, skipped: 8 });
});
