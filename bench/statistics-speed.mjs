// How long it takes to compare 200 prompts × 100 cases × 5 repeats with their baselines: permutation test, estimate, verdicts.
// Usage: npm run build && node bench/statistics-speed.mjs
import { seeded } from '../dist/stats/random.js';
import { judgeFamily, standingOf } from '../dist/stats/sequential.js';

const PROMPTS = 200;
const CASES = 100;
const REPEATS = 5;
const LIMIT_MS = 2000;

const scores = {
  'pass or fail, unchanged': { before: (u) => (u < 0.8 ? 1 : 0), after: (u) => (u < 0.8 ? 1 : 0) },
  'pass or fail, all dropped': { before: (u) => (u < 0.8 ? 1 : 0), after: (u) => (u < 0.6 ? 1 : 0) },
  'graded, unchanged': { before: Math.sqrt, after: Math.sqrt },
  'graded, one in twenty dropped': { before: Math.sqrt, after: (u, prompt) => Math.sqrt(u) * (prompt % 20 === 0 ? 0.8 : 1) },
};

console.log(`${PROMPTS} prompts × ${CASES} cases × ${REPEATS} repeats on either side, Node ${process.version}`);
for (const [name, { before, after }] of Object.entries(scores)) {
  const random = seeded(name);
  const draw = (score, prompt) =>
    Array.from({ length: CASES }, () => Array.from({ length: REPEATS }, () => score(random.next(), prompt)));
  const tracks = Array.from({ length: PROMPTS }, (_, prompt) => ({
    baseline: draw(before, prompt),
    run: draw(after, prompt),
    rounds: REPEATS,
    schedule: [REPEATS],
    final: true,
    alpha: 0.05,
    tolerance: 0.02,
    detect: 0.1,
    seed: String(prompt),
  }));
  const start = performance.now();
  const cpu = process.cpuUsage();
  const members = tracks.map((track) => ({ track, standing: standingOf(track, PROMPTS) }));
  const judged = judgeFamily(members, PROMPTS);
  const took = performance.now() - start;
  const used = process.cpuUsage(cpu);
  const cpuMs = (used.user + used.system) / 1000;
  const regressed = judged.filter(({ verdict }) => verdict === 'regressed').length;
  const exact = members.filter(({ standing }) => standing.exact).length;
  const times = `${took.toFixed(0).padStart(6)} ms, CPU ${cpuMs.toFixed(0).padStart(5)} ms`;
  console.log(`${name.padEnd(32)} ${times}  regressed ${regressed}, exact ${exact}${took > LIMIT_MS ? '  TOO SLOW' : ''}`);
}
