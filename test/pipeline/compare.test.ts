import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareSides, type SidesCompared } from '../../src/pipeline/compare.js';
import { BASELINE, caseIds, CASES, casesFile, PROMPT } from '../cli/echo.js';
import { type Project, project } from '../support/project.js';
import { asRepository } from '../support/repository.js';
import { acceptInside, evaluateInside, mistakeOf, quietWorld } from './inside.js';

const GOOD = '{{text}}{{#odd}}{{/odd}}\n';
/** Answers half of the cases wrongly. */
const HALF = '{{#odd}}{{text}}{{/odd}}{{^odd}}nothing{{/odd}}\n';

function oddCases(count: number): string[] {
  return [
    'cases:',
    ...caseIds(count).map(
      (id, index) =>
        `  - { id: ${id}, vars: { text: say ${id}, odd: ${index % 2 === 0} }, assert: [{ type: contains, value: ${id}, metric: said }] }`,
    ),
  ];
}

function sample(prompt = GOOD): Project {
  return project({
    'assay.config.yaml': 'models: [mock:echo]\n',
    [PROMPT]: prompt,
    [CASES]: oddCases(24),
    '.gitignore': 'reports/\nruns/\n',
  });
}

function keep(made: Project, name: string): void {
  cpSync(join(made.root, 'reports'), join(made.root, 'runs', name), { recursive: true });
}

function compared(made: Project, before: string, after: string): Promise<SidesCompared> {
  return compareSides(before, after, { cwd: made.root }, quietWorld());
}

/** What matters of a comparison: per eval and metric the two means and the verdict. */
function facts({ comparison }: SidesCompared): unknown[] {
  return comparison.evals.map(({ prompt, model, metrics }) => [
    `${prompt.id} [${model}]`,
    Object.fromEntries(
      Object.entries(metrics).map(([name, { baseline, delta, verdict }]) => [name, [baseline, delta, verdict]]),
    ),
  ]);
}

const WORSE = [
  ['echo [mock:echo]', { pass: [1, -0.5, 'regressed'], score: [1, -0.5, 'regressed'], said: [1, -0.5, 'regressed'] }],
];
const BETTER = [
  ['echo [mock:echo]', { pass: [0.5, 0.5, 'improved'], score: [0.5, 0.5, 'improved'], said: [0.5, 0.5, 'improved'] }],
];

describe('comparing two sides', () => {
  it('gives the same table, whatever form the two have', async () => {
    const made = asRepository(sample());
    await evaluateInside(made);
    await acceptInside(made);
    keep(made, 'good');
    made.commitAs('Ana');
    made.write(PROMPT, HALF);
    await evaluateInside(made);
    await acceptInside(made);
    keep(made, 'half');

    const before = ['main', 'HEAD', 'merge-base', 'runs/good', 'runs/good/report.json', 'runs/good/run.jsonl'];
    const after = ['.', BASELINE, 'runs/half', 'runs/half/report.json', 'runs/half/run.jsonl'];
    const pairs = [...before.map((each) => [each, '.']), ...after.map((each) => ['runs/good', each])];
    for (const [a = '', b = ''] of pairs) {
      const result = await compared(made, a, b);
      expect([a, b, facts(result), result.gone, result.notes]).toEqual([a, b, WORSE, [], []]);
      const turned = await compared(made, b, a);
      expect([b, a, facts(turned)]).toEqual([b, a, BETTER]);
    }
    const [evaluation] = (await compared(made, 'main', 'runs/half')).comparison.evals;
    expect(evaluation?.changes.newlyFailing).toHaveLength(12);
    expect(evaluation?.metrics.pass?.p).toBeLessThan(0.01);
    expect(evaluation?.metrics.pass?.deltaCi?.[1]).toBeLessThan(0);
    expect(evaluation?.prompt.path).toBe(PROMPT);
  });

  it('finds a side unchanged against itself', async () => {
    const made = asRepository(sample(HALF));
    await evaluateInside(made);
    await acceptInside(made);
    made.commitAs('Ana');
    for (const side of ['.', 'main', 'reports', BASELINE]) {
      const { comparison, comparable } = await compared(made, side, side);
      expect(comparable).toBe(true);
      expect(Object.values(comparison.evals[0]?.metrics ?? {}).map(({ verdict }) => verdict)).toEqual([
        'unchanged',
        'unchanged',
        'unchanged',
      ]);
    }
  });

  it('compares only cases that are the same on both sides, and lists the others', async () => {
    const made = asRepository(sample());
    await evaluateInside(made);
    await acceptInside(made);
    made.commitAs('Ana');
    const [head = '', , second = '', ...others] = oddCases(24);
    made.write(CASES, [
      head,
      second.replace('say c02', 'say c02 c02'),
      ...others,
      '  - { id: new, vars: { text: new, odd: true }, assert: [{ type: contains, value: n }] }',
    ]);
    await evaluateInside(made);
    const { comparison } = await compared(made, 'main', 'reports');
    expect(comparison.evals[0]?.metrics.pass).toMatchObject({ paired: 22 });
    expect(comparison.evals[0]?.changes.unpaired).toEqual([
      { case: 'c02', reason: 'input changed' },
      { case: 'new', reason: 'added' },
      { case: 'c01', reason: 'removed' },
    ]);
  });

  it('brings together models and prompts that stand alone on either side', async () => {
    const made = sample();
    await evaluateInside(made);
    keep(made, 'echo');
    made.write('assay.config.yaml', "providers: { other: { type: mock } }\nmodels: ['other:echo']\n");
    await evaluateInside(made);
    const models = await compared(made, 'runs/echo', 'reports');
    expect(models.notes).toEqual(['echo: mock:echo is compared with other:echo']);
    expect(models.comparison.evals[0]).toMatchObject({ model: 'other:echo', replaces: 'mock:echo' });
    expect(models.comparison.evals[0]?.metrics.pass).toMatchObject({ delta: 0 });

    await acceptInside(made);
    made.write('elsewhere/yesterday.baseline.json', made.read(BASELINE));
    const renamed = await compared(made, 'elsewhere/yesterday.baseline.json', '.');
    expect(renamed.notes).toEqual(['yesterday is compared with echo']);
    expect(renamed.comparable).toBe(true);
  });

  it('names what only one side has, and says when nothing can be compared', async () => {
    const made = asRepository(sample());
    await evaluateInside(made);
    await acceptInside(made);
    made.commitAs('Ana');
    made.write('evals/other.prompt.md', '{{text}}');
    made.write('evals/other.cases.yaml', casesFile(caseIds(2)));
    made.remove(PROMPT);
    made.remove(CASES);
    made.remove(BASELINE);
    await evaluateInside(made);
    made.write('evals/third.prompt.md', '{{text}}');
    made.write('evals/third.cases.yaml', casesFile(caseIds(2)));
    await evaluateInside(made);
    const result = await compared(made, 'main', 'reports');
    expect(result.comparable).toBe(false);
    expect(result.gone).toEqual([{ prompt: 'echo', model: 'mock:echo' }]);
    expect(facts(result)).toMatchObject([
      ['other [mock:echo]', { pass: [undefined, undefined, 'new'] }],
      ['third [mock:echo]', { pass: [undefined, undefined, 'new'] }],
    ]);
    expect((await compared(made, '.', '.')).comparable).toBe(false);
  });

  it('reads a run that was cut off as far as it went, a filtered one without missing the rest', async () => {
    const made = sample();
    await evaluateInside(made);
    keep(made, 'good');
    await evaluateInside(made, { filter: ['echo/c0*'] });
    const filtered = await compared(made, 'runs/good', 'reports');
    expect(filtered.comparison.evals[0]?.metrics.pass).toMatchObject({ paired: 9, delta: 0 });
    expect(filtered.comparison.evals[0]?.changes.unpaired).toEqual([]);
    const lines = made.read('runs/good/run.jsonl').split('\n');
    made.write('cut/run.jsonl', `${lines.slice(0, 11).join('\n')}\n{"kind":"tri`);
    const cut = await compared(made, 'runs/good', 'cut');
    expect(cut.comparison.evals[0]?.metrics.pass).toMatchObject({ paired: 10, delta: 0 });
  });

  it('weighs a run with repeats and a quarantined case as the gate does', async () => {
    const made = asRepository(sample());
    await evaluateInside(made, { repeats: { min: 3, max: 3 } });
    await acceptInside(made);
    made.commitAs('Ana');
    const [head = '', first = '', ...others] = oddCases(24);
    made.write(CASES, [head, first.replace('{ id', '{ quarantine: { until: 2999-01-01, why: odd }, id'), ...others]);
    made.write(PROMPT, HALF);
    const { report } = await evaluateInside(made, { repeats: { min: 2, max: 2 } });
    for (const side of ['reports', 'reports/report.json']) {
      const { comparison } = await compared(made, 'main', side);
      const { mean, delta, p, n } = comparison.evals[0]?.metrics.pass ?? {};
      expect({ mean, delta, p, n }).toEqual(pick(report.evals[0]?.metrics.pass));
    }
  });

  it('ends with 2 for what is neither run, baseline nor commit', async () => {
    const made = asRepository(sample());
    made.write(
      'broken/run.jsonl',
      '{"kind":"run","schemaVersion":2}\n{"kind":"trial","prompt":"a","model":"b","case":"c","repeat":1,"status":"completed","content":{"input":"x","asserts":{}},"scores":[null]}\n',
    );
    made.write('text.json', 'no JSON');
    made.write('other.json', '{"a":1}');
    made.write('old/report.json', oldReport());
    const mistakes: [string, string][] = [
      ['nowhere', 'nothing-to-compare'],
      ['evals', 'nothing-to-compare'],
      ['--all', 'nothing-to-compare'],
      ['text.json', 'not-a-report'],
      ['other.json', 'not-a-report'],
      ['broken', 'corrupt-journal'],
      ['old/report.json', 'not-comparable'],
    ];
    for (const [given, code] of mistakes) {
      expect([given, (await mistakeOf(compared(made, given, '.'))).code]).toEqual([given, code]);
      expect((await mistakeOf(compared(made, '.', given))).exit).toBe(2);
    }
  });
});

function pick(metric: Record<string, unknown> | undefined): Record<string, unknown> {
  const { mean, delta, p, n } = metric ?? {};
  return { mean, delta, p, n };
}

/** A report of a version that wrote no hashes. */
function oldReport(): string {
  return JSON.stringify({
    schemaVersion: 1,
    tool: { name: 'promptassay', version: '0.0.1' },
    verdict: 'passed',
    exitCode: 0,
    incomplete: false,
    reasons: [],
    run: { id: 'x', startedAt: 'x', mode: 'replay', git: {}, configHash: 'x' },
    trials: { planned: 1, completed: 1, errored: 0, skipped: 0 },
    evals: [
      {
        prompt: { id: 'echo', version: 'x', path: 'x' },
        model: 'mock:echo',
        cases: { total: 1, passed: 1, failed: 0, errored: 0, skipped: 0 },
        cost: { usd: 0, known: true },
        tokens: { input: 1, output: 1 },
        latency: {},
        metrics: {},
        changes: { newlyFailing: [], newlyPassing: [], flaky: [], unpaired: [] },
        results: [{ case: 'c01', repeat: 1, status: 'completed', pass: true, score: 1, scores: [] }],
      },
    ],
    gate: { checks: [] },
  });
}
