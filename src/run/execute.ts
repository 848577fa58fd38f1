import type { Ask } from '../ask/ask.js';
import { grouped } from '../lists.js';
import type {
  Answer,
  Case,
  FailureKind,
  GraderUse,
  Message,
  ModelRequest,
  Prompt,
  TrialId,
  TrialResult,
  Work,
} from '../vocabulary.js';
import type { Ledger } from './ledger.js';
import { Room } from './room.js';
import { type Trial, type TrialSource, trialsOf } from './trials.js';

type ScoredAnswer = Extract<Answer, { ok: true }>;

/** Scores an answer; never throws for trouble with a model or a scorer. */
export type ScoreTrial = (args: {
  trial: TrialId;
  case: Case;
  prompt: Prompt;
  answer: ScoredAnswer;
  /** What its grading has taken already. */
  graders?: GraderUse;
  signal: AbortSignal;
}) => Promise<TrialResult>;

/** A trial that has its answer. */
export type Completed = Extract<TrialResult, { status: 'completed' }>;

/** Failures of questions that were never put: such a trial was not begun. */
const NOT_ASKED: ReadonlySet<FailureKind> = new Set(['budget', 'unavailable']);

/** Why a run stops before its end, other than by a signal from outside: its words are those of the trials that are skipped. */
export class Stop extends Error {}

/** How many trials of a lane may be under way at a time. */
export interface Window {
  /** More than the calls allowed, since some are being scored. */
  trials: number;
  /** Of these, how many may wait for their answers: a few more than the calls allowed, so that there is always a next one. */
  asking: number;
}

/** The parts that turn work into results. */
export interface Engine extends TrialSource {
  ask: Ask;
  render(prompt: Prompt, vars: Case['vars']): Message[];
  score: ScoreTrial;
  /** The models without whose grades an answer to this case is worth nothing. */
  graders?(testCase: Case, prompt: Prompt): readonly string[];
  /** The trial as an earlier process left it with an answer that is still to be graded; undefined for any other. */
  ungraded?(trial: TrialId): Completed | undefined;
  ledger: Ledger;
  /** Writes a result where it survives a crash; resolves when it is there. Not told of what is left when the run is stopped. */
  record(result: TrialResult, at: number): Promise<unknown>;
  /** The provider of a model: trials of different providers run in lanes of their own. */
  laneOf(model: string): string;
  window(lane: string): Window;
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
  const lanes = grouped(work, (each) => engine.laneOf(each.model));
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
async function runLane(work: readonly Work[], { trials, asking }: Window, engine: Engine): Promise<void> {
  const stream = trialsOf(work, engine);
  const room = new Room(asking);
  const draw = async (signal: AbortSignal): Promise<void> => {
    const its = { ...engine, signal };
    try {
      for (;;) {
        const entering = room.enter();
        if (entering) await entering;
        const next = await stream.next();
        if (next.done) return;
        const trial = next.value;
        const begun = new Begun(room);
        const done = engine.ledger.completed(trial.id, trial.at);
        const result = done ? undefined : await runTrial(trial, begun, its);
        begun.leave();
        if (result) await finish(result, trial.at, its);
      }
    } finally {
      // Nothing is left to begin, or all is stopped: nobody need wait.
      room.open();
    }
  };
  await together(
    Array.from({ length: trials }, () => draw),
    engine,
  );
}

/** A trial under way: it is in the room until it has its answer, or ends without. */
class Begun {
  readonly #room: Room;
  #inside = true;
  attempts = 0;
  /** Whether a call for it has gone out. */
  sent = false;

  constructor(room: Room) {
    this.#room = room;
  }

  answered({ attempts }: Answer): void {
    this.attempts = attempts;
    this.leave();
  }

  leave(): void {
    if (this.#inside) this.#room.leave();
    this.#inside = false;
  }
}

async function finish(result: TrialResult, at: number, engine: Engine): Promise<void> {
  // What a run leaves when it is stopped stays out of the journal: it may be a million trials, and all have the one reason.
  if (result.status !== 'skipped' || !engine.signal.aborted) await engine.record(result, at);
  engine.ledger.enter(result, at);
  engine.onResult?.(result);
}

function runTrial(trial: Trial, begun: Begun, engine: Engine): TrialResult | Promise<TrialResult> {
  const { signal, limited } = engine;
  const left = engine.ungraded?.(trial.id);
  const gone = () => left ?? skipped(trial.id, whyStopped(signal), begun);
  if (signal.aborted) return gone();
  const work = left
    ? (inner: AbortSignal) => grade(trial, left, begun, engine, inner)
    : (inner: AbortSignal) => askAndScore(trial, begun, engine, inner);
  if (!limited) return work(signal);
  const late = (): TrialResult => {
    if (left) return left;
    const failure = { kind: 'timeout', message: 'the trial took too long (--trial-timeout)' } as const;
    return { ...trial.id, status: 'errored', failure, attempts: Math.max(1, begun.attempts) };
  };
  return limited(work, { late, gone }, signal);
}

/** Has an answer graded that is there already. Where that does not come to its end, it stays as it was. */
async function grade(
  trial: Trial,
  left: Completed,
  begun: Begun,
  { score }: Engine,
  signal: AbortSignal,
): Promise<TrialResult> {
  begun.leave();
  const { completion, source, attempts, handWritten } = left;
  const answer: ScoredAnswer = { ok: true, completion, source, attempts };
  if (handWritten) answer.handWritten = handWritten;
  const { case: testCase, evaluation } = trial;
  const graded = { ...(left.graders && { graders: left.graders }) };
  const result = await score({ trial: trial.id, case: testCase, prompt: evaluation.prompt, answer, ...graded, signal });
  return result.status === 'completed' ? result : left;
}

async function askAndScore(trial: Trial, begun: Begun, engine: Engine, signal: AbortSignal): Promise<TrialResult> {
  const { prompt } = trial.evaluation;
  const request = requestOf(trial, engine.render(prompt, trial.case.vars));
  const sent = (): void => {
    begun.sent = true;
  };
  const graders = () => engine.graders?.(trial.case, prompt) ?? [];
  const answer = await engine.ask(request, { purpose: 'trial', trial: trial.id, signal, sent, graders });
  begun.answered(answer);
  if (answer.ok) {
    const result = await engine.score({ trial: trial.id, case: trial.case, prompt, answer, signal });
    return result.status === 'skipped' ? skipped(trial.id, result.reason, begun) : result;
  }
  const { failure, attempts } = answer;
  if (failure.kind === 'aborted') return skipped(trial.id, whyStopped(signal), begun);
  if (NOT_ASKED.has(failure.kind)) return skipped(trial.id, failure.message, begun);
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

function skipped(trial: TrialId, reason: string, { sent }: Pick<Begun, 'sent'>): TrialResult {
  return { ...trial, status: 'skipped', reason, ...(sent && { cutOff: true }) };
}

function whyStopped({ reason }: AbortSignal): string {
  return reason instanceof Stop ? reason.message : 'the run was interrupted';
}
