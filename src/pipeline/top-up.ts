import { problems, UserError } from '../errors.js';
import { EXIT, EXIT_OF } from '../exit-codes.js';
import { resumeJournal } from '../journal/journal.js';
import { type Engine, execute } from '../run/execute.js';
import type { Eval, Work } from '../vocabulary.js';
import type { World } from '../world.js';
import { type Books, headerOf, JOURNAL } from './books.js';
import { boundsOf } from './bounds.js';
import { checkCases } from './check-cases.js';
import { lookup, planCalls, type PlannedEval } from './cost-plan.js';
import { engineOf, partsOf } from './engine.js';
import { missesReasons } from './misses.js';
import type { EvaluateOptions } from './options.js';
import { journalledCalls } from './own-calls.js';
import { checkModels, modelsOf, type Session } from './session.js';
import type { StoredRun } from './stored-run.js';
import { supplyOf } from './supply.js';

/** Trials that cases lack before they may be accepted: however a run went, its baseline has as many of each case. */
export interface TopUp {
  trials: number;
  /** Calls for their answers, and of judges and embeddings, at most. */
  calls: number;
  /** About what these cost, in US dollars, at most; absent where a price is not known. */
  usd?: number;
}

/** What accepting asks for first. */
export interface PlannedTopUp extends TopUp {
  work: Work[];
  /** What that would call, eval by eval. */
  evals: PlannedEval[];
}

/**
 * Works out what brings every case of these evals up to `repeats.max`: all of it where models may be asked, in a replay the whole
 * rounds that are recorded. Calls nothing.
 */
export async function planTopUp(
  session: Session,
  { ledger }: Books,
  evals: readonly Eval[],
  world: World,
): Promise<PlannedTopUp> {
  const supply = supplyOf(session);
  const recorded = lookup(session);
  const sum: PlannedTopUp = { trials: 0, calls: 0, usd: 0, work: [], evals: [] };
  for (const { prompt, model } of evals) {
    const rounds = Array.from(
      { length: prompt.repeats.max },
      (_, index): Work => ({ prompt: prompt.id, model: model.model, repeat: index + 1 }),
    );
    const work = await supply.only(rounds.slice(prompt.repeats.min));
    const planned = await planCalls(session, model.model, work, recorded, world, ledger.completed);
    const { trials, calls, graderCalls, costUsd, graderCostUsd } = planned;
    if (trials === 0) continue;
    const grading = session.config.mode === 'replay' ? 0 : graderCalls;
    for (const each of work) sum.work.push(each);
    sum.evals.push({ prompt: prompt.id, version: prompt.version, model: model.model, ...planned, times: 1 });
    sum.trials += trials;
    sum.calls += calls + grading;
    if (costUsd === undefined || (grading > 0 && graderCostUsd === undefined)) delete sum.usd;
    else if (sum.usd !== undefined) sum.usd += costUsd + (grading > 0 ? (graderCostUsd ?? 0) : 0);
  }
  return sum;
}

/**
 * Runs those trials, within the bounds of a run, and adds those that are completed to the journal of the run that is accepted. However
 * this ends, the run is there as it was, with what was answered.
 * @param began on the world's clock, when accepting began
 * @returns why it cannot be told how good the run is, if so: what was known before, and what a replay lacked now
 * @throws UserError before anything is called as a run does, and as `refuseStopped`
 */
export async function topUp(
  session: Session,
  books: Books,
  planned: PlannedTopUp,
  before: Pick<StoredRun, 'reasons'>,
  asked: EvaluateOptions,
  began: number,
  world: World,
): Promise<string[]> {
  const found = await checkModels(modelsOf(session), session, asked, world);
  if (found.length > 0) throw new UserError(found);
  const bounds = boundsOf(session, asked, began, world);
  const options = { ...asked, signal: bounds.signal };
  const own = journalledCalls();
  try {
    await bounds.plan(async () => planned.evals);
    const parts = partsOf(session, options, world, { ...bounds, own });
    await checkCases(session, parts, options, world);
    const { journal, kept } = await resumeJournal(session.out(JOURNAL), headerOf(session, books.ledger), session);
    try {
      const { id } = books.ledger.run.info;
      if (kept?.header.id !== id) {
        const run = { field: 'its id', was: id, is: String(kept?.header.id) };
        throw new UserError([problems['changed-since'](session.out(JOURNAL), run)]);
      }
      own.open(journal, kept);
      const rounds = planned.work.toSorted((a, b) => a.repeat - b.repeat);
      books.ledger.plan(rounds);
      options.onPlanned?.(planned.trials);
      const reasons = [...before.reasons];
      try {
        await execute(rounds, completedOnly(engineOf(session, books, parts, journal, options, bounds)));
      } finally {
        const misses = session.store.misses();
        reasons.push(...(await missesReasons(misses, session, world)));
        await journal.end({ finishedAt: world.date().toISOString(), reasons, misses: { ...misses } });
        await journal.flushed();
      }
      refuseStopped(asked, bounds.spent());
      return reasons;
    } finally {
      await session.store.flush().finally(() => journal.close());
    }
  } finally {
    bounds.release();
  }
}

/** Trials that errored or were skipped stay out of the run, which lacks nothing without them: the next time they are asked again. */
function completedOnly(engine: Engine): Engine {
  return {
    ...engine,
    record: async (result, at) => (result.status === 'completed' ? engine.record(result, at) : undefined),
  };
}

/**
 * Nothing is accepted when it was stopped, or had spent what it may.
 * @throws UserError `accept-stopped` with the exit code of such a run
 */
export function refuseStopped({ interruptedBy, signal }: EvaluateOptions, spent?: string): void {
  const by = interruptedBy?.();
  if (by !== undefined || signal?.aborted) {
    throw new UserError([problems['accept-stopped']('interrupted')], EXIT_OF[by ?? 'SIGINT']);
  }
  if (spent !== undefined) throw new UserError([problems['accept-stopped'](spent)], EXIT.unverified);
}
