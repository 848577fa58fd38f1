import { type Ask, layered } from '../ask/ask.js';
import { estimateCost } from '../ask/price.js';
import { recordings } from '../ask/recordings.js';
import { renderMessages } from '../library/render.js';
import { inputTokens, OUTPUT_TOKENS } from '../plan/estimate.js';
import { requestOf } from '../run/execute.js';
import { type Trial, trialsOf } from '../run/trials.js';
import type { Assertion, ModelRequest, Work } from '../vocabulary.js';
import type { World } from '../world.js';
import type { EvaluateOptions } from './options.js';
import { openSession, type Session } from './session.js';

/** What a run of one eval would do. Tokens and cost are estimates, of the trials that would be called. */
export interface PlannedEval {
  prompt: string;
  version: string;
  model: string;
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
}

/** Works out what a run would call, and calls nothing. */
export async function dryRun(options: EvaluateOptions, world: World): Promise<{ mode: string; evals: PlannedEval[] }> {
  const session = await openSession({ ...options, planOnly: true }, world);
  try {
    const isRecorded = lookup(session, options);
    const evals: PlannedEval[] = [];
    for (const { prompt, model } of session.evals) {
      const planned = await planEval(session, prompt.id, model.model, isRecorded, world);
      if (planned.trials > 0) evals.push({ ...planned, version: prompt.version });
    }
    return { mode: session.config.mode, evals };
  } finally {
    await session.close();
  }
}

/** Stands where a provider would: what comes this far is not recorded. */
const nobody: Ask = async () => ({ ok: false, attempts: 0, failure: { kind: 'not-recorded', message: '' } });

type IsRecorded = (trial: Trial, request: ModelRequest) => Promise<boolean>;

/** Asks for the recording as a replay would, with nothing behind it. */
function lookup({ config, store, pool }: Session, { refresh }: EvaluateOptions): IsRecorded {
  if (config.mode === 'live' || refresh) return async () => false;
  const ask = layered(nobody, [recordings({ mode: 'replay', store, describe: (model) => pool.describe(model) })]);
  return async (trial, request) => (await ask(request, { purpose: 'trial', trial: trial.id })).ok;
}

async function planEval(
  session: Session,
  prompt: string,
  model: string,
  isRecorded: IsRecorded,
  world: World,
): Promise<Omit<PlannedEval, 'version'>> {
  const described = session.pool.describe(model);
  const sums = { trials: 0, recorded: 0, calls: 0, graderCalls: 0, inputTokens: 0, outputTokens: 0 };
  const cases = new Set<string>();
  for await (const trial of trialsOf(roundsOf(session, prompt, model), session.source)) {
    cases.add(trial.case.id);
    sums.trials += 1;
    sums.graderCalls += trial.case.assert.filter(
      (each) => session.assertions.get(each.type)?.asks !== undefined,
    ).length;
    if (described.calls === 'none') continue;
    const request = requestOf(trial, renderMessages(trial.evaluation.prompt.template, trial.case.vars).messages);
    if (await isRecorded(trial, request)) {
      sums.recorded += 1;
    } else {
      sums.calls += 1;
      sums.inputTokens += inputTokens(request.messages.reduce((chars, { content }) => chars + content.length, 0));
      sums.outputTokens += request.parameters.maxTokens ?? OUTPUT_TOKENS;
    }
  }
  const options = { date: world.date };
  const costUsd = sums.calls === 0 ? 0 : await estimateCost(described, sums.inputTokens, sums.outputTokens, options);
  return { prompt, model, cases: cases.size, ...sums, ...(costUsd !== undefined && { costUsd }) };
}

/** A similarity asks a provider only where it names one; without, the local model answers. */
function asksModel({ type, level, options }: Assertion, { assertions }: Session): boolean {
  const asks = level === 'off' ? undefined : assertions.get(type)?.asks;
  return asks === 'judge' || (asks === 'embedding' && options.model !== undefined);
}

function roundsOf({ evals }: Session, prompt: string, model: string): Work[] {
  const found = evals.find((each) => each.prompt.id === prompt && each.model.model === model);
  return Array.from({ length: found?.prompt.repeats.min ?? 0 }, (_, index) => ({ prompt, model, repeat: index + 1 }));
}
