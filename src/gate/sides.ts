import type {
  Baseline,
  BaselineModel,
  CaseRun,
  CaseUsage,
  EvalRun,
  GateSettings,
  Run,
  RunInfo,
  TrialFacts,
} from '../vocabulary.js';
import { accept } from './baseline.js';
import { own } from './own.js';
import type { BaselineOf } from './tracks.js';

/**
 * Accepted scores as if they had just been run: each repeat a trial, with the metrics that were accepted of it. What was not
 * accepted (tags, costs) is not known and left out.
 * @param model `provider:name`
 */
export function evalOfBaseline(
  prompt: EvalRun['prompt'],
  model: string,
  accepted: BaselineModel,
  gate: GateSettings,
): EvalRun {
  return {
    prompt: { ...prompt, version: accepted.version },
    model,
    gate,
    cases: Object.entries(accepted.cases).map(([id, { input, scores, usage }]): CaseRun => {
      const metrics = Object.entries(scores);
      const count = Math.max(0, ...metrics.map(([, { repeats }]) => repeats.length));
      return {
        case: id,
        input,
        tags: [],
        trials: Array.from({ length: count }, (_, index) => trialOf(index, metrics, usage)),
        asserts: Object.fromEntries(metrics.map(([metric, { assert }]) => [metric, assert])),
      };
    }),
    replayed: false,
    handWritten: false,
    ...(accepted.judge === undefined ? { judged: [] } : { judge: accepted.judge }),
  };
}

/** What each of the trials used is not known, only the sum: they are given equal parts of it. */
function trialOf(index: number, metrics: [string, { repeats: number[] }][], usage?: CaseUsage): TrialFacts {
  const scores = metrics.flatMap(([metric, { repeats }]): [string, number][] => {
    const score = repeats[index];
    return score === undefined ? [] : [[metric, score]];
  });
  const { trials = 1, ...sums } = usage ?? {};
  const parts = Object.entries(sums).map(([name, sum]) => [name, sum / Math.max(1, trials)]);
  return { repeat: index + 1, status: 'completed', metrics: Object.fromEntries(scores), ...Object.fromEntries(parts) };
}

/** A run's own trials as if they had been accepted: what another run is compared with. */
export function baselinesOfRun(run: Run): BaselineOf {
  const baselines = new Map<string, Baseline>();
  const date = (run.info.finishedAt ?? run.info.startedAt).slice(0, 10);
  return (prompt, model) => {
    const known = baselines.get(prompt) ?? accept(run, prompt, undefined, { date });
    baselines.set(prompt, known);
    return own(known.models, model);
  };
}

/** A run of these evals, with its trials counted. */
export function runOf(info: RunInfo, evals: EvalRun[]): Run {
  const trials = { planned: 0, completed: 0, errored: 0, skipped: 0 };
  for (const { cases } of evals) {
    for (const each of cases) {
      trials.planned += each.trials.length;
      for (const trial of each.trials) trials[trial.status] += 1;
    }
  }
  return { info, evals, trials };
}
