import type { ModelDescription } from '../providers/provider.js';
import type { Answer, Failure, FailureKind } from '../vocabulary.js';
import type { Layer } from './ask.js';

/** A circuit's two places around a port. What one of them learns, both know. */
export interface Circuit {
  /** Outside of queue and retries: nothing new is asked, and nothing new waits. */
  outer: Layer;
  /** Inside the queue, around each attempt: nothing that waited is sent. */
  inner: Layer;
}

/** No further try with this key can succeed. */
const HOPELESS: ReadonlySet<FailureKind> = new Set(['auth', 'quota']);
/** With status 403: the key is known, but may not ask this model. */
const DENIED: ReadonlySet<FailureKind> = new Set(['auth', 'not-found']);
/** Nobody is there, or nobody who can answer. A question that ends like this was asked again in vain. */
const NO_ANSWER: ReadonlySet<FailureKind> = new Set(['network', 'timeout', 'server']);
/** So many questions in a row, each asked after the one before had come to nothing, and no answer to any other between them. */
const MOST_LOST = 3;

/** What is known of a provider. Questions are numbered in the order of asking. */
interface Line {
  asked: number;
  /** How many came to nothing one after the other, and what had been asked when the last did. */
  lost: number;
  lostAfter: number;
  /** Why nothing more is asked. */
  open?: Failure;
  /** Why nothing more is asked of a model, by its name. */
  denied: Map<string, Failure>;
}

/**
 * Stops asking a provider that refuses our key, has no quota left, or is down: no further try can succeed, and each costs time or
 * money. Later questions to it are not asked (`unavailable`), with the reason. Status 403 refuses a key that is known, often for one
 * model: it stops that model alone, the others are asked, judges too. A provider is down when three questions after each other
 * got no answer in all their tries; those under way at the same time are lost together and count as one, so that a short outage
 * ends no run however many were under way.
 *
 * An answer that nobody can grade is money lost: while a model that is to grade it is given up, a trial is not asked either.
 */
export function circuit({ describe }: { describe(model: string): Pick<ModelDescription, 'provider'> }): Circuit {
  const lines = new Map<string, Line>();
  const lineOf = (model: string): Line => {
    const { provider } = describe(model);
    const line = lines.get(provider) ?? { asked: 0, lost: 0, lostAfter: 0, denied: new Map() };
    lines.set(provider, line);
    return line;
  };
  const ungradable = (models: readonly string[]): Answer | undefined => {
    for (const model of models) {
      const why = givenUp(lineOf(model), model);
      if (why !== undefined) return unavailable(`not asked, since ${model} cannot grade the answer: ${why}`);
    }
    return undefined;
  };
  return {
    outer: (next) => (request, context) => {
      const line = lineOf(request.model);
      const instead = notAsked(line, request.model) ?? ungradable(context.graders?.() ?? []);
      if (instead) return Promise.resolve(instead);
      line.asked += 1;
      const number = line.asked;
      return next(request, context).then((answer) => {
        learn(line, request.model, number, answer);
        return answer;
      });
    },
    inner: (next) => (request, context) => {
      const line = lineOf(request.model);
      const instead = notAsked(line, request.model);
      if (instead) return Promise.resolve(instead);
      return next(request, context).then((answer) => {
        if (!answer.ok) giveUp(line, request.model, answer.failure);
        return answer;
      });
    },
  };
}

/** Asks no more of the model, or the provider, that this failure shows to be beyond reach. */
function giveUp(line: Line, model: string, failure: Failure): void {
  const denied = failure.status === 403 && DENIED.has(failure.kind);
  if (denied && !line.denied.has(model)) line.denied.set(model, failure);
  if (!denied && HOPELESS.has(failure.kind)) line.open ??= failure;
}

function learn(line: Line, model: string, number: number, answer: Answer): void {
  const { failure } = answer.ok ? {} : answer;
  if (failure) giveUp(line, model, failure);
  // Not by us: the queue has given the provider up.
  if (failure?.kind === 'unavailable' && !line.denied.has(model)) line.open ??= failure;
  // What was not sent, or ended from outside, tells nothing of the provider.
  if (failure && (answer.attempts === 0 || failure.kind === 'aborted')) return;
  if (!failure || !NO_ANSWER.has(failure.kind)) {
    line.lost = 0;
    return;
  }
  if (number <= line.lostAfter) return;
  line.lost += 1;
  line.lostAfter = line.asked;
  if (line.lost < MOST_LOST) return;
  const message = `${MOST_LOST} questions in a row came to nothing, each in all its tries; at last: ${failure.message}`;
  line.open ??= { ...failure, message };
}

/** The answer to a question that is not asked; undefined when it may be. */
function notAsked(line: Line, model: string): Answer | undefined {
  const why = givenUp(line, model);
  return why === undefined ? undefined : unavailable(why);
}

/** Why a model is not asked any more; undefined when it may be. */
function givenUp({ open, denied }: Line, model: string): string | undefined {
  const failure = open ?? denied.get(model);
  if (!failure) return undefined;
  // That of the queue says so itself.
  if (failure.kind === 'unavailable') return failure.message;
  return `${open ? 'provider' : 'model'} unavailable: ${failure.message}`;
}

function unavailable(message: string): Answer {
  return { ok: false, failure: { kind: 'unavailable', message }, attempts: 0, retry: { retry: 'no' } };
}
