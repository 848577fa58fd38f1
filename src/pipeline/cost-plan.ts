import { estimateCost, isCharged } from '../ask/price.js';
import { isRecorded } from '../ask/recordings.js';
import { judgeOf } from '../assertions/judge.js';
import { judgeMessages } from '../assertions/judge-prompt.js';
import { renderMessages } from '../library/render.js';
import { requestTokens } from '../plan/estimate.js';
import { requestOf } from '../run/execute.js';
import { type Trial, trialsOf } from '../run/trials.js';
import { graderOf } from '../score/grader.js';
import type { Assertion, ModelRequest, TrialId, Work } from '../vocabulary.js';
import type { World } from '../world.js';
import { acceptedOf } from './baselines.js';
import type { EvaluateOptions } from './options.js';
import type { Session } from './session.js';

/** What some trials would call. Tokens and cost are estimates, of what would be called and of mocks that have a price. */
export interface PlannedCalls {
  cases: number;
  trials: number;
  /** Trials answered from recordings. */
  recorded: number;
  /** Trials that need a call; in replay they cannot have one. */
  calls: number;
  /** Calls of judges and embeddings, at most: which of them are recorded depends on the answers. */
  graderCalls: number;
  inputTokens: number;
  outputTokens: number;
  /** In US dollars, for the trials; absent when the model's price is not known. */
  costUsd?: number;
  graderTokens: number;
  /** Likewise, for judges and embeddings, at most. */
  graderCostUsd?: number;
  /** The models that would be called and whose price is not known. */
  unpriced: string[];
}

/** What a run of one eval would call. */
export interface PlannedEval extends PlannedCalls {
  prompt: string;
  version: string;
  model: string;
  /** How many times as much it may come to where its verdict stays open, so that the gate asks for more repeats. */
  times: number;
}

/** What is called, and how much of it. */
interface Sum {
  calls: number;
  input: number;
  output: number;
}

/**
 * Works out what each eval of a session would call, in its first rounds. Calls nothing. Evals without cases are left out.
 * @param over trials that need not be run any more
 */
export async function planCosts(
  session: Session,
  options: EvaluateOptions,
  world: World,
  recorded = lookup(session, options),
  over?: (trial: TrialId) => boolean,
): Promise<PlannedEval[]> {
  const acceptedBy = acceptedOf(session.library);
  const planned: PlannedEval[] = [];
  for (const { prompt, model } of session.evals) {
    const { min, max } = prompt.repeats;
    const compared = acceptedBy(prompt.id, model.replaces ?? model.model) !== undefined;
    const named = { prompt: prompt.id, version: prompt.version, model: model.model };
    const rounds = Array.from({ length: min }, (_, index) => ({ ...named, repeat: index + 1 }));
    const found = await planCalls(session, model.model, rounds, recorded, world, over);
    if (found.trials > 0) planned.push({ ...named, ...found, times: compared ? max / min : 1 });
  }
  return planned;
}

/** Whether a trial's answer is recorded. */
export type IsRecorded = (trial: Trial, request: ModelRequest) => Promise<boolean>;

/** Looks recordings up without counting what is not there as missed: it was not asked for. */
export function lookup(
  { config, store, pool }: Session,
  { refresh }: Pick<EvaluateOptions, 'refresh'> = {},
): IsRecorded {
  if (config.mode === 'live' || refresh) return async () => false;
  return (trial, request) => isRecorded({ store, describe: (model) => pool.describe(model) }, request, trial.id);
}

/**
 * Works out what trials of one model would call, and calls nothing.
 * @param over trials that need not be run any more
 */
export async function planCalls(
  session: Session,
  model: string,
  work: readonly Work[],
  recorded: IsRecorded,
  world: World,
  over: (trial: TrialId) => boolean = () => false,
): Promise<PlannedCalls> {
  const own: Sum = { calls: 0, input: 0, output: 0 };
  const graders = new Map<string, Sum>();
  const counts = { trials: 0, recorded: 0 };
  const cases = new Set<string>();
  for await (const trial of trialsOf(work, session.source)) {
    if (over(trial.id)) continue;
    cases.add(trial.case.id);
    counts.trials += 1;
    const request = requestOf(trial, renderMessages(trial.evaluation.prompt.template, trial.case.vars).messages);
    const tokens = requestTokens(request);
    for (const assertion of trial.case.assert) addGrader(graders, assertion, tokens.output, session);
    const described = session.pool.describe(model);
    if (described.calls === 'none') {
      if (isCharged(described)) add(own, tokens, 0);
    } else if (await recorded(trial, request)) counts.recorded += 1;
    else add(own, tokens, 1);
  }
  const trials = await price(new Map(own.input + own.output > 0 ? [[model, own]] : []), session, world);
  const grading = await price(graders, session, world);
  const all = [...graders.values()];
  return {
    cases: cases.size,
    ...counts,
    calls: own.calls,
    graderCalls: all.reduce((sum, { calls }) => sum + calls, 0),
    inputTokens: own.input,
    outputTokens: own.output,
    ...(trials.usd !== undefined && { costUsd: trials.usd }),
    graderTokens: all.reduce((sum, { input, output }) => sum + input + output, 0),
    ...(grading.usd !== undefined && { graderCostUsd: grading.usd }),
    unpriced: [...new Set([...trials.unpriced, ...grading.unpriced])],
  };
}

/** @param answer tokens that the answer to be graded may have */
function addGrader(sums: Map<string, Sum>, assertion: Assertion, answer: number, session: Session): void {
  const request = graderRequest(assertion, session);
  const described = request && session.pool.describe(request.model);
  if (!described || !isCharged(described)) return;
  const sum = sums.get(request.model) ?? { calls: 0, input: 0, output: 0 };
  const { input, output } = requestTokens(request);
  add(sum, { input: input + answer, output }, described.calls === 'none' ? 0 : 1);
  sums.set(request.model, sum);
}

/** What a model is asked to grade with; undefined for a check that asks none. */
function graderRequest(assertion: Assertion, { assertions, config }: Session): ModelRequest | undefined {
  const { judge } = config;
  const grader = graderOf(assertion, { assertions, ...(judge && { judge }) });
  if (!grader) return undefined;
  const { value } = assertion;
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  const { model } = grader;
  if (grader.asks === 'embedding') return { model, tools: [], parameters: {}, messages: [], texts: [text] };
  const parameters = judgeOf(assertion.options, judge)?.parameters ?? {};
  return { model, tools: [], parameters, messages: judgeMessages(text, '') };
}

/** @param calls none for a mock that the user gave a price: it is charged for, and calls nobody */
function add(sum: Sum, { input, output }: { input: number; output: number }, calls: 0 | 1): void {
  sum.calls += calls;
  sum.input += input;
  sum.output += output;
}

/** What all of it costs; no sum where a price is not known. */
async function price(sums: ReadonlyMap<string, Sum>, { pool }: Session, world: World) {
  let usd = 0;
  const unpriced: string[] = [];
  for (const [model, { input, output }] of sums) {
    const cost = await estimateCost(pool.describe(model), input, output, { date: world.date });
    if (cost === undefined) unpriced.push(model);
    else usd += cost;
  }
  return { unpriced, ...(unpriced.length === 0 && { usd }) };
}
