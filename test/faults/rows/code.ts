import { expect } from 'vitest';
import { caseIds, casesFile } from '../../cli/echo.js';
import { expectRun, LIVE, type Scenario } from '../scenario.js';
import type { OpenProject } from '../../cli/test.js';

const FLAGS = [...LIVE, '--allow-code', '--timeout', '500ms'];
const COUNT = 10;

/** A project whose model is a function. */
function moduleProject(project: OpenProject, code: readonly string[]) {
  return project({
    'assay.config.yaml': ['providers: { app: { type: module, path: app.mjs } }', 'models: [app:x]'],
    'app.mjs': code,
    'evals/echo.prompt.md': '{{text}}',
    'evals/echo.cases.yaml': casesFile(caseIds(COUNT)),
  });
}

/** Code that ends the process, in a way of its own. */
function ending(id: string, fault: string, code: string): Scenario {
  return {
    id,
    fault,
    async run({ project }) {
      const made = moduleProject(project, [`export default () => ${code};`]);
      const { code: exit, stderr } = await made.assay(['eval', ...FLAGS]);
      expect(stderr).toMatch(/the process ended before its work did/);
      expect(exit).toBe(3);
      expect(made.has('reports/report.json')).toBe(false);
      return `exit ${exit}`;
    },
  };
}

/** Code whose trouble nobody catches. */
function stray(id: string, fault: string, code: string, words: RegExp): Scenario {
  return {
    id,
    fault,
    async run({ project }) {
      const made = moduleProject(project, [
        'export default async ({ case: id }) => {',
        `  if (id === 'c03') ${code};`,
        '  await new Promise((done) => setTimeout(done, 30));',
        '  return id;',
        '};',
      ]);
      const outcome = await made.assay(['eval', ...FLAGS]);
      const report = expectRun(made, outcome, 3);
      expect(report.trials.completed).toBe(COUNT);
      expect(report.reasons.join('\n')).toMatch(words);
      expect(outcome.stderr).toMatch(words);
      return 'exit 3';
    },
  };
}

/** What code of the user's may do, once it was let in. */
export const CODE: readonly Scenario[] = [
  {
    id: 'X15',
    fault: 'code that throws, rejects, gives NaN, nothing, a fraction, never settles, spoils its argument',
    async run({ project }) {
      const made = moduleProject(project, [
        'const ways = {',
        "  c01: () => { throw 'a text'; },",
        '  c02: () => { throw null; },',
        '  c03: () => Promise.reject(),',
        '  c04: () => NaN,',
        '  c05: () => undefined,',
        '  c06: () => 1.5,',
        '  c07: () => ({ output: NaN }),',
        '  c08: () => new Promise(() => { setInterval(() => {}, 1000).unref(); }),',
        "  c09: (request) => { request.messages.length = 0; request.case = 'c10'; return 'c09'; },",
        '};',
        'Object.prototype.polluted = true;',
        'process.env.OPENAI_API_KEY = "x";',
        'export default (request) => ways[request.case]?.(request) ?? (request.case in ways ? undefined : request.case);',
      ]);
      const report = expectRun(made, await made.assay(['eval', ...FLAGS]), 3);
      const fates = (report.evals[0]?.results ?? []).map((each) => each.failure?.kind ?? each.status);
      expect(fates).toEqual([
        'code',
        'code',
        'code',
        'bad-response',
        'bad-response',
        'bad-response',
        'bad-response',
        'timeout',
        'completed',
        'completed',
      ]);
      return 'exit 3; others unaffected';
    },
  },
  ending('X15b', 'code that ends the process, with 0', 'process.exit(0)'),
  ending('X15c', 'code that ends the process, with 1', 'process.exit(1)'),
  stray(
    'R13',
    'code with a rejection that nobody waits for',
    "Promise.reject(new Error('unwaited'))",
    /nobody waited for it: unwaited/,
  ),
  stray(
    'R13b',
    'code with an error that nobody can catch',
    "setTimeout(() => { throw new Error('later'); }, 1)",
    /nobody could catch it: later/,
  ),
];
