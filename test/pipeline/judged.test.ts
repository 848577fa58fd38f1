import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ask } from '../../src/ask/ask.js';
import { type AssertionDefinition, graded } from '../../src/assertions/assertion.js';
import { compareSides } from '../../src/pipeline/compare.js';
import { quietWorld } from './inside.js';
import { type Simulated, simulated } from './simulated.js';

/** A user's own way to have a judge grade. */
const polite: AssertionDefinition = {
  type: 'polite',
  summary: 'the answer is polite',
  value: true,
  needs: 'optional',
  asks: 'judge',
  prepare:
    () =>
    async (subject, { ask, judge, metric }) => {
      const request = { model: judge?.model ?? '', messages: [], parameters: {}, tools: [] };
      const answer = await ask(request, { purpose: 'judge', trial: subject.trial, metric });
      return graded(answer.ok ? 1 : 0, 0.5, 'as it was found');
    },
};

const port: Ask = async () => ({
  ok: true,
  completion: { output: 'yes', finishReason: 'stop' },
  attempts: 1,
  source: 'call',
});
const options = { assertions: [polite], port };

function library(): Simulated {
  return simulated(2, {
    lines: ['judge: { model: "sim:judge-2026-01-31" }'],
    files: {
      'evals/sim.cases.yaml': [
        'defaults: { assert: [{ type: polite }, { type: equals, value: yes }] }',
        'cases: [{ id: a, vars: { word: a } }, { id: b, vars: { word: b } }]',
      ],
    },
  });
}

function changeJudge(made: Simulated): void {
  made.write('assay.config.yaml', made.read('assay.config.yaml').replace('judge-2026-01-31', 'judge-2026-02-28'));
}

test('another judge is told of where only an own type of assertion has answers judged', async () => {
  const made = library();
  await made.evaluate(options);
  await made.accept(options);
  changeJudge(made);
  const { report } = await made.evaluate(options);
  const message = expect.stringMatching(/^the judge changed from sim:judge-2026-01-31 to .* polite cannot be compared/);
  expect(report.gate.checks).toContainEqual(expect.objectContaining({ rule: 'judge', status: 'unverified', message }));
});

test('another judge of the config is none of those that grade where each check names its own', async () => {
  const made = simulated(2, {
    lines: ['judge: { model: "sim:judge-2026-01-31" }'],
    files: {
      'evals/sim.cases.yaml': [
        'defaults: { assert: [{ type: judge, value: polite, options: { model: "sim:own-2026-01-31" } }] }',
        'cases: [{ id: a, vars: { word: a } }, { id: b, vars: { word: b } }]',
      ],
    },
  });
  const grading: Ask = async (_request, { purpose }) => ({
    ok: true,
    completion: { output: purpose === 'judge' ? '{"reason":"kind","score":1}' : 'yes', finishReason: 'stop' },
    attempts: 1,
    source: 'call',
  });
  await made.evaluate({ port: grading });
  await made.accept({ port: grading });
  changeJudge(made);
  const { code, report } = await made.evaluate({ port: grading });
  const open = report.gate.checks.filter(({ status }) => status !== 'passed');
  expect({ code, open }).toEqual({ code: 0, open: [] });
});

test('files do not tell whether an own type was judged, so that another judge may touch all', async () => {
  const made = library();
  for (const name of ['run.jsonl', 'report.json']) {
    await made.evaluate(options);
    cpSync(join(made.root, 'reports', name), join(made.root, 'earlier', name));
  }
  changeJudge(made);
  await made.evaluate(options);
  for (const name of ['run.jsonl', 'report.json']) {
    const { comparison } = await compareSides(`earlier/${name}`, `reports/${name}`, { cwd: made.root }, quietWorld());
    const [found] = comparison.evals;
    expect(found?.judge).toBe('sim:judge-2026-02-28');
    expect(found).not.toHaveProperty('judged');
  }
});
