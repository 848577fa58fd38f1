import { usageOfTrials } from '../../src/gate/case-usage.js';
import type {
  BaselineCase,
  BaselineModel,
  CaseRun,
  EvalRun,
  GateSettings,
  Run,
  RunInfo,
  TrialCounts,
  TrialFacts,
} from '../../src/vocabulary.js';

export const defaults: GateSettings = {
  alpha: 0.05,
  tolerance: 0.02,
  detect: 0.1,
  confirm: 16,
  reducer: 'mean',
  increase: 0.2,
  maxMissing: 0.02,
  rules: {
    regression: 'error',
    minimum: 'error',
    critical: 'error',
    'newly-failing': 'error',
    inconclusive: 'warn',
    cost: 'warn',
    latency: 'off',
    tokens: 'off',
  },
  metrics: {},
};

/** A completed trial; `pass` undefined: a score that decides it could not be computed. */
export function trial(
  pass: 0 | 1 | undefined,
  more: Partial<TrialFacts> & { scores?: Record<string, number> } = {},
): TrialFacts {
  const { scores = {}, ...rest } = more;
  const own: Record<string, number> = pass === undefined ? {} : { pass, score: pass };
  return { repeat: 1, status: 'completed', metrics: { ...own, ...scores }, ...rest };
}

export function errored(
  kind: 'rate-limited' | 'not-recorded' | 'server' = 'server',
  message = 'status 500',
): TrialFacts {
  return { repeat: 1, status: 'errored', metrics: {}, trouble: { kind, message } };
}

export function skipped(): TrialFacts {
  return { repeat: 1, status: 'skipped', metrics: {}, trouble: { kind: 'skipped', message: 'interrupted' } };
}

/** A case with these trials, numbered from 1. */
export function caseRun(id: string, trials: readonly TrialFacts[], more: Partial<CaseRun> = {}): CaseRun {
  const names = new Set(['pass', 'score', ...trials.flatMap((each) => Object.keys(each.metrics))]);
  return {
    case: id,
    input: `in-${id}`,
    tags: [],
    trials: trials.map((each, index) => ({ ...each, repeat: index + 1 })),
    asserts: Object.fromEntries([...names].map((name) => [name, `assert-${name}`])),
    ...more,
  };
}

/** Cases `c0`, `c1`, … with one trial each. */
export function casesOf(passes: readonly (0 | 1)[]): CaseRun[] {
  return passes.map((pass, index) => caseRun(`c${index}`, [trial(pass)]));
}

export function evalRun(cases: CaseRun[], more: Partial<EvalRun> = {}): EvalRun {
  return {
    prompt: {
      id: 'support/triage',
      path: 'evals/support/triage.prompt.md',
      version: 'abcabcabcabc',
      owner: '@support',
    },
    model: 'openai:small',
    gate: defaults,
    cases,
    replayed: false,
    handWritten: false,
    ...more,
  };
}

export const info: RunInfo = {
  id: 'run-1',
  startedAt: '2026-11-22T10:00:00.000Z',
  finishedAt: '2026-11-22T10:00:02.000Z',
  mode: 'replay',
  git: { commit: '0123456789abcdef', branch: 'main', dirty: false },
  configHash: 'cafecafecafe',
};

export function runOf(evals: EvalRun[], more: Partial<Run> = {}): Run {
  return { info, evals, trials: counts(evals), ...more };
}

function counts(evals: readonly EvalRun[]): TrialCounts {
  const trials = evals.flatMap((each) => [...each.cases]).flatMap((each) => each.trials);
  const number = (status: TrialFacts['status']) => trials.filter((each) => each.status === status).length;
  return {
    planned: trials.length,
    completed: number('completed'),
    errored: number('errored'),
    skipped: number('skipped'),
  };
}

/** What accepting a case would have stored of what its answers took. */
function usageOf({ trials }: CaseRun): Pick<BaselineCase, 'usage'> {
  const usage = usageOfTrials(trials);
  return usage ? { usage } : {};
}

/** What accepting cases would have stored, written down independently of `accept`. */
export function baselineOf(cases: readonly CaseRun[], more: Partial<BaselineModel> = {}): BaselineModel {
  return {
    version: 'abcabcabcabc',
    date: '2026-11-01',
    cases: Object.fromEntries(
      cases.map((each) => [
        each.case,
        {
          input: each.input,
          ...usageOf(each),
          scores: Object.fromEntries(
            Object.entries(each.asserts).flatMap(([metric, assert]) => {
              const repeats = each.trials.flatMap((one) => one.metrics[metric] ?? []);
              return repeats.length > 0 ? [[metric, { assert, repeats }]] : [];
            }),
          ),
        },
      ]),
    ),
    ...more,
  };
}
