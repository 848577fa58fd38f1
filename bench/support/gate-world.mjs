// Projects whose model is a table of outcomes: the same tables can be given to the pipeline and to the simulation.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookSchedule } from '../../dist/stats/looks.js';
import { acceptable } from '../../dist/pipeline/accept.js';
import { evaluate } from '../../dist/pipeline/evaluate.js';
import { processWorld } from '../../dist/world.js';
import { gradedScore } from './simulate.mjs';

/** The most trials that the gate can ask of a case: `confirm`. */
const MOST = 16;
const caseId = (index) => `c${String(index).padStart(3, '0')}`;
const promptId = (index) => `p${String(index).padStart(2, '0')}`;

/** An own type of assertion: the answer is the score. */
const rated = {
  type: 'rated',
  summary: 'the answer is the score',
  value: true,
  needs: 'none',
  prepare: () => (subject) => {
    const value = Number(subject.completion?.output ?? subject.output);
    return { status: 'scored', value, pass: value >= 0.5, reason: `rated ${value}` };
  },
};

/** Draws the outcomes of one eval: `baselineRepeats` trials of each case before, as many as can be asked for after. */
export function drawTables(cases, { baselineRepeats, graded, random }) {
  // As the product keeps scores: to six decimals.
  const score = (rate) => (graded ? Math.round(1e6 * gradedScore(rate, random)) / 1e6 : random.next() < rate ? 1 : 0);
  const trials = (rate, n) => Array.from({ length: n }, () => score(rate));
  return {
    before: cases.map(({ before }) => trials(before, baselineRepeats)),
    after: cases.map(({ after }) => trials(after, MOST)),
  };
}

/** The same tables as an eval of the simulation. */
export function asSimulated({ before, after }, { repeats, graded, seed }) {
  const one = {
    cases: after.map((_, index) => ({ after: index })),
    score: (index) => after[index][one.run[index].length],
    graded,
    schedule: lookSchedule(repeats.min, repeats.max),
    baseline: before,
    run: after.map(() => []),
    rounds: 0,
    calls: 0,
    seed,
  };
  return one;
}

/** A project of so many prompts and cases, with a baseline whose numbers can be replaced. */
export async function gateProject(counts, { repeats, graded, config = '' }) {
  const root = mkdtempSync(join(tmpdir(), 'assay-gate-'));
  mkdirSync(join(root, 'evals'));
  writeFileSync(
    join(root, 'assay.config.yaml'),
    `providers:
  sim: { type: openai, baseURL: "http://127.0.0.1:1/v1", api: chat }
  table: { type: outputs, path: answers.jsonl }
models: [sim:m]
repeats: { min: ${repeats.min}, max: ${repeats.max} }
gate: { minPassRate: 0${graded ? ', metrics: { rated: {} }' : ''} }
${config}`,
  );
  writeFileSync(join(root, 'answers.jsonl'), '');
  counts.forEach((cases, prompt) => {
    writeFileSync(join(root, 'evals', `${promptId(prompt)}.prompt.md`), 'Say {{word}}.\n');
    const rows = Array.from({ length: cases }, (_, index) => `  - { id: ${caseId(index)}, vars: { word: ${caseId(index)} } }\n`);
    const check = graded ? '{ type: rated }' : '{ type: equals, value: "1" }';
    writeFileSync(join(root, 'evals', `${promptId(prompt)}.cases.yaml`), `defaults: { assert: [${check}] }\ncases:\n${rows.join('')}`);
  });
  const world = { ...processWorld(), env: {} };
  let answer = () => '1';
  let calls = 0;
  const port = async (_request, { trial }) => {
    calls += 1;
    const output = String(answer(trial));
    return { ok: true, completion: { output, finishReason: 'stop' }, attempts: 1, source: 'call' };
  };
  const options = { cwd: root, mode: 'live', port, ...(graded && { assertions: [rated] }) };
  const once = await evaluate({ ...options, repeats: { min: 1, max: 1 } }, world);
  once.close();
  const accepting = await acceptable(options, world);
  await accepting.complete();
  await accepting.write();
  await accepting.close();
  const empty = counts.map((_, prompt) => JSON.parse(readFileSync(baselineOf(root, prompt), 'utf8')));

  return {
    root,
    /** Writes these outcomes as the accepted ones. `model`: for another than the one that was accepted. */
    accept(tables, model = 'sim:m') {
      tables.forEach(({ before }, prompt) => {
        const baseline = structuredClone(empty[prompt]);
        const accepted = baseline.models['sim:m'];
        Object.values(accepted.cases).forEach(({ scores }, index) => {
          for (const [metric, each] of Object.entries(scores)) {
            each.repeats = metric === 'pass' ? before[index].map((value) => (value >= 0.5 ? 1 : 0)) : before[index];
          }
        });
        writeFileSync(baselineOf(root, prompt), JSON.stringify({ ...baseline, models: { [model]: accepted } }));
      });
    },
    /** One run through the pipeline, in this process. */
    async run(tables) {
      answer = ({ prompt, case: id, repeat }) => tables[Number(prompt.slice(1))].after[Number(id.slice(1))][repeat - 1];
      calls = 0;
      const conclusion = await evaluate(options, world);
      conclusion.close();
      return { ...judged(conclusion.comparison.evals), exitCode: conclusion.verdict.exitCode, calls };
    },
    /** The outcomes as a file of finished answers, for a run of the command. */
    writeAnswers(tables) {
      const rows = tables.flatMap(({ after }, prompt) =>
        after.flatMap((trials, index) =>
          trials.map((value, at) => JSON.stringify({ id: caseId(index), prompt: promptId(prompt), repeat: at + 1, output: String(value) })),
        ),
      );
      writeFileSync(join(root, 'answers.jsonl'), `${rows.join('\n')}\n`);
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

function baselineOf(root, prompt) {
  return join(root, 'evals', `${promptId(prompt)}.baseline.json`);
}

function judged(evals) {
  const verdicts = evals.flatMap(({ metrics }) => Object.values(metrics).filter(({ gated }) => gated).map(({ verdict }) => verdict));
  const guards = evals.flatMap(({ folded }) => folded.flatMap(({ guard }) => (guard ? [guard.status] : [])));
  return { regressed: verdicts.includes('regressed'), confirmed: guards.includes('confirmed') };
}
