import type { Interruption } from '../exit-codes.js';
import { type Journal, openJournal, resumeJournal } from '../journal/journal.js';
import type { JournalIndex } from '../journal/reader.js';
import type { RunInfo } from '../vocabulary.js';
import { processWorld, type World } from '../world.js';
import { type Bounds, boundsOf } from './bounds.js';
import { type Books, headerOf, JOURNAL, openBooks, restore, type Ungraded, ungradedIn } from './books.js';
import { checkCases } from './check-cases.js';
import { checkOutputs, conclude, type Conclusion, type Unwritten } from './conclude.js';
import { type IsRecorded, lookup, planCosts } from './cost-plan.js';
import { emptiness } from './emptiness.js';
import { type EngineParts, engineOf, follow, partsOf, plannerOf } from './engine.js';
import { formerRecordings } from './former-recordings.js';
import { missesReasons } from './misses.js';
import type { EvaluateOptions } from './options.js';
import { type JournalledCalls, journalledCalls } from './own-calls.js';
import { beginRemarks } from './remarks.js';
import { runIdOf } from './run-id.js';
import { configHash, openSession, type Session } from './session.js';
import { partOnly } from './shards.js';
import { spentBefore } from './spent.js';
import { supplyOf } from './supply.js';

/**
 * The whole way: finds prompts and cases, plans, runs, scores, compares with the baselines, decides and writes the reports.
 * @param world clock, chance and environment; the real ones unless given
 * @param unwritten as that of `conclude`
 * @returns the verdict and all facts behind it; `close()` lets go of the journal
 * @throws UserError when something is wrong in what the user wrote; nothing was called then
 */
export async function evaluate(
  asked: EvaluateOptions,
  world: World = processWorld(),
  unwritten?: Unwritten,
): Promise<Conclusion> {
  const began = world.now();
  const session = await openSession(asked, world);
  const remarks = beginRemarks(session, world);
  let bounds: Bounds | undefined;
  try {
    bounds = boundsOf(session, asked, began, world);
    const options = { ...asked, signal: bounds.signal };
    const info = await beginning(session, world);
    const books = await openBooks(session, info);
    const own = journalledCalls();
    const parts = partsOf(session, options, world, { ...bounds, own });
    await checkCases(session, parts, options, world);
    const opened = await openRun(session, books, options, own, bounds, world);
    const { journal } = opened;
    try {
      const { reasons, incomplete, interrupted } = await run(session, books, parts, opened, options, bounds, world);
      const { run: ended } = books.ledger;
      const notes = [
        ...(session.against?.notes(ended) ?? []),
        ...(await formerRecordings(session)),
        ...(await remarks.about(ended)),
      ];
      const noGate = session.nothing ?? (await partOnly(session, books));
      const circumstances = {
        reasons: noGate === undefined ? [...reasons, ...emptiness(session, ended)] : reasons,
        incomplete,
        ...(interrupted && { interrupted }),
        ...(noGate !== undefined && { noGate }),
      };
      return await conclude(session, books, circumstances, notes, journal, unwritten);
    } finally {
      // Not before the reports are there: until then nobody else may begin a run in this folder.
      await journal.close();
      opened.ungraded?.close();
    }
  } finally {
    bounds?.release();
    remarks.close();
    await session.close();
  }
}

async function beginning(session: Session, world: World): Promise<RunInfo> {
  const startedAt = world.date().toISOString();
  return {
    id: runIdOf(startedAt, world),
    startedAt,
    mode: session.config.mode,
    git: (await session.git).state,
    configHash: configHash(session),
    ...(session.shard && { shard: session.shard }),
  };
}

/** How the trials of a run ended. What comes later (a signal, its time is up) changes nothing of that. */
interface Ended {
  /** Why it cannot be told how good the run is, if so; kept in the journal, too. */
  reasons: string[];
  /** Its time or its budget ended it. */
  incomplete: boolean;
  interrupted?: Interruption;
}

/** Runs what the planner asks for. */
async function run(
  session: Session,
  books: Books,
  parts: EngineParts,
  { journal, ungraded }: OpenedRun,
  options: EvaluateOptions,
  bounds: Bounds,
  world: World,
): Promise<Ended> {
  const { store, against } = session;
  const { ledger } = books;
  const engine = engineOf(session, books, parts, journal, options, bounds);
  if (ungraded) engine.ungraded = (trial) => ungraded.of(trial);
  try {
    const supply = supplyOf(session);
    await follow(plannerOf(session, books, supply), supply, engine, options, bounds);
    const { aborted } = engine.signal;
    const spent = bounds.spent();
    // Whoever gives a signal need not say which one of the system's it stands for.
    const interrupted = options.interruptedBy?.() ?? (aborted && spent === undefined ? 'SIGINT' : undefined);
    options.onSettled?.();
    const finishedAt = world.date().toISOString();
    ledger.run.info.finishedAt = finishedAt;
    const misses = store.misses();
    const reasons = [
      ...(against?.reasons ?? []),
      ...(spent === undefined ? [] : [spent]),
      ...(await missesReasons(misses, session, world)),
      ...(world.strays?.() ?? []),
    ];
    if (!aborted || spent !== undefined) {
      await journal.end({ finishedAt, reasons, misses: { ...misses }, ...(spent !== undefined && { spent }) });
    }
    return { reasons, incomplete: spent !== undefined, ...(interrupted && { interrupted }) };
  } finally {
    await store.flush();
  }
}

/** The journal of a run, and what an earlier process has left of it to be graded. */
interface OpenedRun {
  journal: Journal;
  ungraded?: Ungraded;
}

/** Begins the journal, or goes on with the one that is there: its completed trials are entered and not run again. */
async function openRun(
  session: Session,
  books: Books,
  options: EvaluateOptions,
  own: JournalledCalls,
  bounds: Bounds,
  world: World,
): Promise<OpenedRun> {
  await checkOutputs(session);
  const path = session.out(JOURNAL);
  const header = headerOf(session, books.ledger);
  if (!options.resume) {
    // Before the journal that is there is replaced.
    await bounds.plan(() => planCosts(session, options, world));
    const journal = await openJournal(path, header, session);
    own.open(journal);
    return { journal };
  }
  const { journal, kept } = await resumeJournal(path, header, session);
  let ungraded: Ungraded | undefined;
  try {
    own.open(journal, kept);
    if (kept) restore(books, path, kept, 'completed');
    ungraded = kept && ungradedIn(path, kept);
    await planRest(session, books, { kept, ungraded }, options, bounds, world);
    return { journal, ...(ungraded && { ungraded }) };
  } catch (error) {
    ungraded?.close();
    await journal.close();
    throw error;
  }
}

/** Tells what the rest of a run may cost. What it has spent already counts, whichever process did. */
async function planRest(
  session: Session,
  { ledger }: Books,
  { kept, ungraded }: { kept: JournalIndex | undefined; ungraded: Ungraded | undefined },
  options: EvaluateOptions,
  bounds: Bounds,
  world: World,
): Promise<void> {
  const known = lookup(session, options);
  const answered: IsRecorded = async (trial, request) => ungraded?.of(trial.id) !== undefined || known(trial, request);
  await bounds.plan(
    () => planCosts(session, options, world, async () => false),
    async (whole) => ({
      left: await planCosts(session, options, world, answered, (trial) => ledger.completed(trial)),
      spent: kept ? spentBefore(session.out(JOURNAL), kept, session.config.mode, whole) : { usd: 0, tokens: 0 },
    }),
  );
}
