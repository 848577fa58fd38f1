import type { Answer, ModelRequest, Purpose, TrialId } from '../vocabulary.js';

/** Who asks and why: what a layer may need to know beside the request. Nothing in it changes the answer but `repeat`. */
export interface AskContext {
  purpose: Purpose;
  /** The trial on whose behalf the question is asked. */
  trial: TrialId;
  /** The metric that a judge or an embedding serves; tells several judges of one trial apart. */
  metric?: string;
  /** Ends the question from outside: Ctrl-C, a run's deadline. */
  signal?: AbortSignal;
  /** Of a trial: the models without whose grades its answer is worth nothing. */
  graders?(): readonly string[];
  /** Told before each call that may cost something. */
  sent?(): void;
}

/**
 * The one port to models: trials, judges, embeddings, chain steps and bisects all go through it. It never throws for trouble
 * with a model; that is `{ ok: false }`. It throws only for a defect of ours.
 */
export type Ask = (request: ModelRequest, context: AskContext) => Promise<Answer>;

/** Something around the port: recordings, budget, retry, deadline, audit. A layer knows the port and no other layer. */
export type Layer = (next: Ask) => Ask;

/** Puts layers around a port; the first is the outermost. */
export function layered(port: Ask, layers: readonly Layer[]): Ask {
  return layers.reduceRight<Ask>((inner, layer) => layer(inner), port);
}
