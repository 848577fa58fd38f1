import type { Ask } from '../ask/ask.js';
import type {
  Answer,
  Case,
  FailureKind,
  Message,
  ModelRequest,
  Prompt,
  TrialId,
  TrialResult,
  Work,
} from '../vocabulary.js';
import type { Ledger } from './ledger.js';
import { type Trial, type TrialSource, trialsOf } from './trials.js';

/** Scores an answer; never throws for trouble with a model or a scorer. */
export type ScoreTrial = (args: {
  trial: TrialId;
  case: Case;
  prompt: Prompt;
  answer: Extract<Answer, { ok: true }>;
  signal: AbortSignal;
}) => Promise<TrialResult>;

/** Failures of questions that were never put: such a trial was not begun. */
const NOT_ASKED: ReadonlySet<FailureKind> = new Set(['budget', 'unavailable']);

/** Why a run stops before its end, other than by a signal from outside: its words are those of the trials that are skipped. */
export class Stop extends Error {}

/** The parts that turn work into results. */
export interface Engine extends TrialSource {
  ask: Ask;
  render(prompt: Prompt, vars: Case['vars']): Message[];
  score: ScoreTrial;
  ledger: Ledger;
  /** Writes a result where it survives a crash; resolves when it is there. Not told of what is left when the run is stopped. */
  record(result: TrialResult, at: number): Promise<unknown>;
  /** The provider of a model: trials of different providers run in lanes of their own. */
  laneOf(model: string): string;
  /** Trials under way at a time per lane: more than the calls allowed, since some are being scored. */
  window(lane: string): number;
  /** Stops taking on trials; those under way end at once. Its reason may be a `Stop`. */
  signal: AbortSignal;
  /** Gives a whole trial a time limit, whatever it is doing; `late` is what it comes to then. */
  limited?(
    work: (signal: AbortSignal) => Promise<TrialResult>,
    instead: { late(): TrialResult; gone(): TrialResult },
    signal: AbortSignal,
  ): Promise<TrialResult>;
  /** Told of each trial as it ends. */
  onResult?(result: TrialResult): void;
}

/**
 * Runs work: asks, scores, records and enters every trial that has no completion yet. Each provider has a lane, so that a slow
 * one holds up no other; results are entered by name, so that the order in which calls end decides nothing.
 */
export async function execute(work: readonly Work[], engine: Engine): Promise<void> {
  const lanes = new Map<string, Work[]>();
  for (const each of work) {
    const lane = engine.laneOf(each.model);
    lanes.set(lane, [...(lanes.get(lane) ?? []), each]);
  }
  await together(
    [...lanes].map(
      ([lane, its]) =>
        (signal) =>
          runLane(its, engine.window(lane), { ...engine, signal }),
    ),
    engine,
  );
}

/** Runs tasks side by side. When one fails (the disk is full), the others are stopped and waited for before that is told. */
async function together(tasks: ((signal: AbortSignal) => Promise<void>)[], { signal }: Engine): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const ended = await Promise.allSettled(
    tasks.map((task) =>
      task(stop).catch((error: unknown) => {
        failed.abort();
        throw error;
      }),
    ),
  );
  const first = ended.find((each) => each.status === 'rejected');
  if (first) throw first.reason;
}

/** Workers draw from one stream of trials. After an abort, the rest of the stream is entered as skipped. */
async function runLane(work: readonly Work[], workers: number, engine: Engine): Promise<void> {
  const stream = trialsOf(work, engine);
  const draw = async (signal: AbortSignal): Promise<void> => {
    const its = { ...engine, signal };
    for (let next = await stream.next(); !next.done; next = await stream.next()) {
      const trial = next.value;
      if (engine.ledger.completed(trial.id, trial.at)) continue;
      await finish(await runTrial(trial, its), trial.at, engine);
    }
  };
  await together(
    Array.from({ length: workers }, () => draw),
    engine,
  );
}

async function finish(result: TrialResult, at: number, engine: Engine): Promise<void> {
  // What a run leaves when it is stopped stays out of the journal: it may be a million trials, and all have the one reason.
  if (result.status !== 'skipped' || !engine.signal.aborted) await engine.record(result, at);
  engine.ledger.enter(result, at);
  engine.onResult?.(result);
}

async function runTrial(trial: Trial, engine: Engine): Promise<TrialResult> {
  const { signal, limited } = engine;
  const gone = () => skipped(trial.id, whyStopped(signal));
  if (signal.aborted) return gone();
  if (!limited) return askAndScore(trial, engine, engine.ask, signal);
  let attempts = 0;
  const ask: Ask = async (request, context) => {
    const answer = await engine.ask(request, context);
    if (context.purpose === 'trial') attempts = answer.attempts;
    return answer;
  };
  const late = (): TrialResult => {
    const failure = { kind: 'timeout', message: 'the trial took too long (--trial-timeout)' } as const;
    return { ...trial.id, status: 'errored', failure, attempts: Math.max(1, attempts) };
  };
  return limited((inner) => askAndScore(trial, engine, ask, inner), { late, gone }, signal);
}

async function askAndScore(trial: Trial, engine: Engine, ask: Ask, signal: AbortSignal): Promise<TrialResult> {
  const { prompt } = trial.evaluation;
  const request = requestOf(trial, engine.render(prompt, trial.case.vars));
  const answer = await ask(request, { purpose: 'trial', trial: trial.id, signal });
  if (answer.ok) return engine.score({ trial: trial.id, case: trial.case, prompt, answer, signal });
  const { failure, attempts } = answer;
  if (failure.kind === 'aborted') return skipped(trial.id, whyStopped(signal));
  if (NOT_ASKED.has(failure.kind)) return skipped(trial.id, failure.message);
  return { ...trial.id, status: 'errored', failure, attempts };
}

/** Everything that can change the answer. */
export function requestOf(trial: Trial, messages: Message[]): ModelRequest {
  const { prompt, model } = trial.evaluation;
  return {
    model: model.model,
    messages,
    parameters: prompt.parameters,
    tools: prompt.tools,
    ...(prompt.output && prompt.structured === 'auto' && { schema: prompt.output }),
    vars: trial.case.vars,
  };
}

function skipped(trial: TrialId, reason: string): TrialResult {
  return { ...trial, status: 'skipped', reason };
}

function whyStopped({ reason }: AbortSignal): string {
  return reason instanceof Stop ? reason.message : 'the run was interrupted';
}
