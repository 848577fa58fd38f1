import type { World } from '../world.js';
import { resumeJournal } from '../journal/journal.js';
import { execute } from '../run/execute.js';
import type { Eval, Work } from '../vocabulary.js';
import { type Books, headerOf, JOURNAL } from './books.js';
import { lookup, planCalls } from './cost-plan.js';
import { engineOf, partsOf } from './engine.js';
import { missesReasons } from './misses.js';
import type { EvaluateOptions } from './options.js';
import { journalledCalls } from './own-calls.js';
import type { Session } from './session.js';
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
  const sum: PlannedTopUp = { trials: 0, calls: 0, usd: 0, work: [] };
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
    sum.work.push(...work);
    sum.trials += trials;
    sum.calls += calls + grading;
    if (costUsd === undefined || (grading > 0 && graderCostUsd === undefined)) delete sum.usd;
    else if (sum.usd !== undefined) sum.usd += costUsd + (grading > 0 ? (graderCostUsd ?? 0) : 0);
  }
  return sum;
}

/**
 * Runs those trials and adds them to the journal of the run that is accepted.
 * @returns why it cannot be told how good the run is, if so: what was known before, and what a replay lacked now
 */
export async function topUp(
  session: Session,
  books: Books,
  { work }: PlannedTopUp,
  before: Pick<StoredRun, 'reasons'>,
  options: EvaluateOptions,
  world: World,
): Promise<string[]> {
  const { journal, kept } = await resumeJournal(session.out(JOURNAL), headerOf(session, books.ledger), session);
  const own = journalledCalls();
  own.open(journal, kept);
  try {
    const rounds = work.toSorted((a, b) => a.repeat - b.repeat);
    books.ledger.plan(rounds);
    await execute(rounds, engineOf(session, books, partsOf(session, options, world, { own }), journal, options));
    const misses = session.store.misses();
    const reasons = [...before.reasons, ...(await missesReasons(misses, session, world))];
    await journal.end({ finishedAt: world.date().toISOString(), reasons, misses: { ...misses } });
    await journal.flushed();
    return reasons;
  } finally {
    await session.store.flush().finally(() => journal.close());
  }
}
