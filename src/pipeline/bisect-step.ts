import type { RecordingStore } from '../ask/recordings-file.js';
import { type Standing, standingOf } from '../gate/worse.js';
import type { Journal } from '../journal/journal.js';
import type { Eval, EvalComparison, Prompt, RunInfo, TrialResult } from '../vocabulary.js';
import type { World } from '../world.js';
import { sideBySide } from './against.js';
import { openBooks } from './books.js';
import type { Bounds } from './bounds.js';
import { judge } from './conclude.js';
import { type EngineParts, engineOf, follow, plannerOf } from './engine.js';
import type { EvaluateOptions } from './options.js';
import { runIdOf } from './run-id.js';
import { configHash, type Session } from './session.js';
import { supplyOf } from './supply.js';

/** How an evaluation ended. */
export interface Step extends Standing {
  /** Answers that a replay lacked: of this version, and of the good one. */
  notRecorded: { version: number; good: number };
  /** Why nothing more can be told of any version: the budget is spent, a provider is out. */
  ended?: string;
}

/** Evaluates versions, each beside the good one. */
export interface Evaluator {
  evaluate(version: Prompt): Promise<Step>;
}

/** What evaluating needs. */
export interface EvaluatorContext {
  session: Session;
  store: RecordingStore;
  parts: EngineParts;
  bounds: Bounds;
  options: EvaluateOptions;
  world: World;
  /** The prompt of the working tree: its cases, its gate and its repeats are those of all versions. */
  present: Prompt;
  /** The evals of today, whose models answer. */
  evals: readonly Eval[];
}

/** The journal of a run of which nothing is kept. */
const NOWHERE: Journal = {
  append: async () => ({ offset: 0, length: 0 }),
  note: async () => {},
  end: async () => {},
  flushed: async () => {},
  close: async () => {},
};

/** The id that a version runs under: that of today's prompt with the version behind it. */
export function idOfVersion({ id }: Prompt, { version }: Pick<Prompt, 'version'>): string {
  return `${id}@${version}`;
}

/** An evaluator against a good version. What that has answered once is kept, and asked for again no more. */
export function evaluatorOf(goodVersion: Prompt, context: EvaluatorContext): Evaluator {
  const { parts, bounds, world, present } = context;
  const good = atPresent(goodVersion, present);
  const kept = new Map<string, TrialResult>();

  async function evaluate(version: Prompt): Promise<Step> {
    const now = atPresent(version, present);
    const step = sessionOf(now, good, context);
    const books = await openBooks(step, infoOf(step, world));
    for (const result of kept.values()) books.ledger.restore(result);
    const options: EvaluateOptions = {
      ...context.options,
      onResult(result) {
        if (result.prompt === good.id && result.status === 'completed') keep(result);
        context.options.onResult?.(result);
      },
    };
    const supply = supplyOf(step);
    await follow(
      plannerOf(step, books, supply),
      supply,
      engineOf(step, books, parts, NOWHERE, options, bounds),
      options,
      bounds,
    );
    const { comparison, verdict } = judge(step, books, {});
    const of = (id: string) => comparison.evals.filter((each) => each.prompt.id === id);
    const notRecorded = { version: lacking(of(now.id)), good: lacking(of(good.id)) };
    const standing = standingOf(comparison, verdict.checks, now.id);
    const ended = bounds.spent() ?? (standing.finding === 'unknown' ? outage(comparison.evals) : undefined);
    return { ...standing, notRecorded, ...(ended !== undefined && { ended }) };
  }

  /** In memory stay scores, not answers. */
  function keep(result: Extract<TrialResult, { status: 'completed' }>): void {
    const { toolCalls: _calls, ...completion } = result.completion;
    kept.set(JSON.stringify([result.model, result.case, result.repeat]), {
      ...result,
      completion: { ...completion, output: '' },
    });
  }

  return { evaluate };
}

/** The session in which a version is run beside the good one, both as they are run today. */
export function sessionOf(
  now: Prompt,
  good: Prompt,
  { session, store, present, evals }: Pick<EvaluatorContext, 'session' | 'store' | 'present' | 'evals'>,
): Session {
  const ids = new Map([good, now].map((each) => [each.id, present]));
  const sides = evals.map(({ model: { model } }) => ({
    now: { prompt: now, model: { model } },
    old: { prompt: good, model: { model } },
  }));
  const news = sides.map((side) => side.now);
  const against = sideBySide(news, sides, ids, { ...session, store, commit: now.version });
  const { evals: both, library, includes } = against;
  return { ...session, store, against, evals: both, library, includes, source: { library, evals: both, includes } };
}

/** A version as it is run today. */
export function atPresent(version: Prompt, present: Prompt): Prompt {
  return { ...version, id: idOfVersion(present, version), repeats: present.repeats, gate: present.gate };
}

function infoOf(session: Session, world: World): RunInfo {
  const startedAt = world.date().toISOString();
  return {
    id: runIdOf(startedAt, world),
    startedAt,
    mode: session.config.mode,
    git: {},
    configHash: configHash(session),
  };
}

function lacking(evals: readonly EvalComparison[]): number {
  return evals
    .flatMap(({ trouble }) => trouble)
    .reduce((sum, { kind, count }) => sum + (kind === 'not-recorded' ? count : 0), 0);
}

/** Trouble that the next version would meet, too. */
function outage(evals: readonly EvalComparison[]): string | undefined {
  const found = evals
    .flatMap(({ trouble }) => trouble)
    .find(({ kind }) => kind !== 'not-recorded' && kind !== 'skipped');
  return found && `${found.count}× ${found.kind}: ${found.message}`;
}
