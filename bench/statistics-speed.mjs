// How long it takes to compare 200 prompts × 100 cases × 5 repeats with their baselines: everything between the trials' scores and
// the verdicts (pairing, folding, permutation tests, intervals, the guard, Holm's correction).
// Usage: npm run build && node bench/statistics-speed.mjs [times, default 5]
import { compare } from '../dist/gate/compare.js';
import { DEFAULT_GATE } from '../dist/library/gate-settings.js';
import { seeded } from '../dist/stats/random.js';

const PROMPTS = 200;
const CASES = 100;
const REPEATS = 5;
const LIMIT_MS = 2000;
const times = Number(process.argv[2] ?? 5);

const passOrFail = (rate) => (u) => (u < rate ? 1 : 0);
const SUITES = {
  'pass or fail, unchanged': { before: passOrFail(0.8), after: passOrFail(0.8) },
  'pass or fail, all dropped': { before: passOrFail(0.8), after: passOrFail(0.6) },
  'graded, unchanged': { before: Math.sqrt, after: Math.sqrt, graded: true },
  'graded, one in twenty dropped': {
    before: Math.sqrt,
    after: (u, prompt) => Math.sqrt(u) * (prompt % 20 === 0 ? 0.8 : 1),
    graded: true,
  },
};

/** What an answer takes, and what the accepted ones took together. */
const ANSWER = { costUsd: 0.001, inputTokens: 100, outputTokens: 20, latencyMs: 300 };
const ACCEPTED = { trials: REPEATS, costUsd: 0.005, inputTokens: 500, outputTokens: 100, latencyMs: 1500 };

/** A run and its baselines: metrics `pass`, `score` and one of an assertion, which is gated where scores are graded. */
function suite({ before, after, graded = false }, random) {
  const metric = graded ? 'rated' : 'equals';
  const metrics = (score) => ({ pass: score >= 0.5 ? 1 : 0, score, [metric]: score });
  const gate = graded ? { ...DEFAULT_GATE, metrics: { [metric]: {} } } : DEFAULT_GATE;
  const asserts = { pass: 'a', score: 'a', [metric]: 'a' };
  const draw = (score, prompt) => Array.from({ length: REPEATS }, () => metrics(score(random.next(), prompt)));
  const baselines = new Map();
  const evals = Array.from({ length: PROMPTS }, (_, prompt) => {
    const id = `p${prompt}`;
    const accepted = {};
    const cases = Array.from({ length: CASES }, (__, index) => {
      const name = `c${index}`;
      const then = draw(before, prompt);
      const scores = Object.keys(asserts).map((each) => [each, { assert: 'a', repeats: then.map((trial) => trial[each]) }]);
      accepted[name] = { input: 'i', scores: Object.fromEntries(scores), usage: ACCEPTED };
      const trials = draw(after, prompt).map((each, at) => ({ repeat: at + 1, status: 'completed', metrics: each, ...ANSWER }));
      return { case: name, input: 'i', tags: [], asserts, trials };
    });
    baselines.set(id, { version: 'before', date: '2026-11-22', cases: accepted });
    const repeats = { min: REPEATS, max: REPEATS };
    return { prompt: { id, path: id, version: 'after' }, model: 'm:a', gate, repeats, cases, called: true, replayed: false };
  });
  const planned = PROMPTS * CASES * REPEATS;
  const info = { id: 'run', startedAt: '', mode: 'live', git: {}, configHash: '' };
  return { run: { info, evals, trials: { planned, completed: planned, errored: 0, skipped: 0 } }, baselines };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

console.log(`${PROMPTS} prompts × ${CASES} cases × ${REPEATS} repeats on either side, median of ${times}, Node ${process.version}`);
for (const [name, scores] of Object.entries(SUITES)) {
  const { run, baselines } = suite(scores, seeded(name));
  const wall = [];
  const cpu = [];
  let verdicts = [];
  for (let time = 0; time < times; time += 1) {
    const start = performance.now();
    const before = process.cpuUsage();
    const comparison = compare(run, (prompt) => baselines.get(prompt));
    wall.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
    verdicts = comparison.evals.flatMap(({ metrics }) => Object.values(metrics).filter(({ gated }) => gated));
  }
  const regressed = verdicts.filter(({ verdict }) => verdict === 'regressed').length;
  const took = `${median(wall).toFixed(0).padStart(6)} ms, CPU ${median(cpu).toFixed(0).padStart(5)} ms`;
  const first = `first ${wall[0].toFixed(0).padStart(5)} ms`;
  console.log(`${name.padEnd(32)} ${took}, ${first}  regressed ${regressed}${median(wall) > LIMIT_MS ? '  TOO SLOW' : ''}`);
}
