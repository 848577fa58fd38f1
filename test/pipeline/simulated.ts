import type { Ask } from '../../src/ask/ask.js';
import type { EvaluateOptions } from '../../src/pipeline/options.js';
import { type Content, type Project, project } from '../support/project.js';
import { type Inside, acceptInside, evaluateInside } from './inside.js';

/** Whether a case passes at a repeat. */
export type Truth = (testCase: string, repeat: number, prompt: string) => boolean;

/** A project whose one model is simulated behind the port: what it answers is a function of case and repeat. */
export interface Simulated extends Project {
  /** What the model does from now on. */
  truth(now: Truth): void;
  /** How often each case was asked since this was last called, by its id. */
  asked(): Record<string, number>;
  evaluate(options?: Partial<EvaluateOptions>): Promise<Inside>;
  accept(options?: Partial<EvaluateOptions>): ReturnType<typeof acceptInside>;
}

export const SIMULATED = 'evals/sim.prompt.md';

/** Ids of simulated cases: c000, c001, … */
export function simulatedCases(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${String(index).padStart(3, '0')}`);
}

/**
 * A project with a prompt of so many cases; each passes when the answer is `yes`. Runs are live unless told otherwise.
 * @param lines more lines of the config
 */
export function simulated(
  cases: number,
  { lines = [], files = {} }: { lines?: readonly string[]; files?: Record<string, Content> } = {},
): Simulated {
  let current: Truth = () => true;
  let counts: Record<string, number> = {};
  const port: Ask = async (_request, { trial }) => {
    counts[trial.case] = (counts[trial.case] ?? 0) + 1;
    const output = current(trial.case, trial.repeat, trial.prompt) ? 'yes' : 'no';
    return { ok: true, completion: { output, finishReason: 'stop' }, attempts: 1, source: 'call' };
  };
  const made = project({
    'assay.config.yaml': [
      'providers: { sim: { type: openai, baseURL: "http://127.0.0.1:1/v1", api: chat } }',
      'models: [sim:m]',
      'repeats: { min: 1, max: 8 }',
      ...lines,
    ],
    [SIMULATED]: 'Say {{word}}.',
    'evals/sim.cases.yaml': [
      'defaults: { assert: [{ type: equals, value: yes }] }',
      'cases:',
      ...simulatedCases(cases).map((id) => `  - { id: ${id}, vars: { word: ${id} } }`),
    ],
    ...files,
  });
  return {
    ...made,
    truth: (now) => {
      current = now;
    },
    asked: () => {
      const before = counts;
      counts = {};
      return before;
    },
    evaluate: (options = {}) => evaluateInside(made, { mode: 'live', port, ...options }),
    accept: (options = {}) => acceptInside(made, { port, ...options }),
  };
}
