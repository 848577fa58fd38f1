import type { Ask } from '../ask/ask.js';
import type { Answer, Failure, FailureKind, GraderUse, Purpose } from '../vocabulary.js';

/** The port as the scorers of one answer are given it, and what became of their questions. */
export interface WatchedGraders {
  ask: Ask;
  /** What the questions took so far, those of an earlier process too; undefined when none was put. */
  used(): GraderUse | undefined;
  /** Why a question was ended from outside, if one was. */
  unfinished(): string | undefined;
  /** Whether one came to nothing because the model could not be reached, or paid: asked at another time, it may be answered. */
  unreached(): boolean;
}

/** It says nothing of the question that it was not answered. */
const UNREACHED: ReadonlySet<FailureKind> = new Set([
  'unavailable',
  'budget',
  'auth',
  'quota',
  'rate-limited',
  'overloaded',
  'server',
  'network',
  'timeout',
]);

/** @param before what the questions of an earlier process took for the answer */
export function watchGraders(ask: Ask, before?: GraderUse): WatchedGraders {
  let unfinished: string | undefined;
  let unreached = false;
  let used = before;
  return {
    ask: async (request, context) => {
      const answer = await ask(request, context);
      // What was not put to a model (it is not recorded, its provider was given up) took nothing.
      if (answer.ok || answer.attempts > 0) {
        const its = useOf(answer, context.purpose);
        used = used ? together(used, its) : its;
      }
      if (!answer.ok && isUnreached(answer.failure)) unreached = true;
      if (!answer.ok && answer.failure.kind === 'aborted') unfinished = 'the run was interrupted while it was scored';
      return answer;
    },
    used: () => used,
    unfinished: () => unfinished,
    unreached: () => unreached,
  };
}

/** Status 403 is a right that the key does not have, whatever else it is called. */
function isUnreached({ kind, status }: Failure): boolean {
  return UNREACHED.has(kind) || status === 403;
}

/** What failed may have cost something, nobody knows how much. Embeddings put out no tokens. */
function useOf(answer: Answer, purpose: Purpose): GraderUse {
  const use: GraderUse = { calls: 1 };
  if (!answer.ok) return use;
  const { costUsd, usage } = answer.completion;
  const outputTokens = usage?.outputTokens ?? (purpose === 'embedding' ? 0 : undefined);
  if (costUsd !== undefined) use.costUsd = costUsd;
  if (usage?.inputTokens !== undefined) use.inputTokens = usage.inputTokens;
  if (outputTokens !== undefined) use.outputTokens = outputTokens;
  return use;
}

const SUMS = ['costUsd', 'inputTokens', 'outputTokens'] as const;

function together(a: GraderUse, b: GraderUse): GraderUse {
  const sum: GraderUse = { calls: a.calls + b.calls };
  for (const name of SUMS) {
    const [one, other] = [a[name], b[name]];
    if (one !== undefined && other !== undefined) sum[name] = one + other;
  }
  return sum;
}
