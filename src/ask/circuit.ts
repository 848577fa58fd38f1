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
}

/**
 * Stops asking a provider that refuses our key, has no quota left, or is down: no further try can succeed, and each costs time or
 * money. Later questions to it are not asked (`unavailable`), with the reason. It is down when three questions after each other
 * got no answer in all their tries; those under way at the same time are lost together and count as one, so that a short outage
 * ends no run however many were under way.
 */
export function circuit({ describe }: { describe(model: string): Pick<ModelDescription, 'provider'> }): Circuit {
  const lines = new Map<string, Line>();
  const lineOf = (model: string): Line => {
    const { provider } = describe(model);
    const line = lines.get(provider) ?? { asked: 0, lost: 0, lostAfter: 0 };
    lines.set(provider, line);
    return line;
  };
  return {
    outer: (next) => (request, context) => {
      const line = lineOf(request.model);
      if (line.open) return Promise.resolve(unavailable(line.open));
      line.asked += 1;
      const number = line.asked;
      return next(request, context).then((answer) => {
        learn(line, number, answer);
        return answer;
      });
    },
    inner: (next) => (request, context) => {
      const line = lineOf(request.model);
      if (line.open) return Promise.resolve(unavailable(line.open));
      return next(request, context).then((answer) => {
        if (!answer.ok && HOPELESS.has(answer.failure.kind)) line.open ??= answer.failure;
        return answer;
      });
    },
  };
}

function learn(line: Line, number: number, answer: Answer): void {
  const { failure } = answer.ok ? {} : answer;
  if (failure && HOPELESS.has(failure.kind)) line.open ??= failure;
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

function unavailable(failure: Failure): Answer {
  const message = `provider unavailable: ${failure.message}`;
  return { ok: false, failure: { kind: 'unavailable', message }, attempts: 0, retry: { retry: 'no' } };
}
