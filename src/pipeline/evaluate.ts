import { UserError } from '../errors.js';
import { trialKey } from '../journal/entries.js';
import { type Journal, openJournal, resumeJournal } from '../journal/journal.js';
import { renderMessages } from '../library/render.js';
import { fixedPlan } from '../plan/planner.js';
import { type Engine, execute } from '../run/execute.js';
import { createScorer, type TrialScorer } from '../score/scorer.js';
import type { Problem, RunInfo } from '../vocabulary.js';
import { processWorld, type World } from '../world.js';
import { askingPort } from './asking.js';
import { type Books, headerOf, JOURNAL, openBooks, restore } from './books.js';
import { conclude, type Conclusion } from './conclude.js';
import { missesReasons } from './misses.js';
import { DEFAULT_MAX_WAIT_MS, DEFAULT_TIMEOUT_MS, type EvaluateOptions } from './options.js';
import { configHash, openSession, type Session } from './session.js';

/**
 * The whole way: finds prompts and cases, plans, runs, scores, compares with the baselines, decides and writes the reports.
 * @param world clock, chance and environment; the real ones unless given
 * @returns the verdict and all facts behind it; `close()` lets go of the journal
 * @throws UserError when something is wrong in what the user wrote; nothing was called then
 */
export async function evaluate(options: EvaluateOptions, world: World = processWorld()): Promise<Conclusion> {
  const session = await openSession(options, world);
  try {
    const info = await beginning(session, world);
    const books = await openBooks(session, info);
    const parts = scorerOf(session, options, world);
    await checkCases(session, parts);
    const reasons = await run(session, books, parts, options, world);
    const interrupted = options.interruptedBy?.();
    return await conclude(session, books, { reasons, ...(interrupted && { interrupted }) });
  } finally {
    await session.close();
  }
}

async function beginning(session: Session, world: World): Promise<RunInfo> {
  const startedAt = world.date().toISOString();
  return {
    id: `${startedAt.replace(/[-:]|\.\d+/g, '')}-${world.randomHex(6)}`,
    startedAt,
    mode: session.config.mode,
    git: (await session.git).state,
    configHash: configHash(session),
  };
}

interface ScorerParts {
  ask: Engine['ask'];
  scorer: TrialScorer;
}

function scorerOf(session: Session, options: EvaluateOptions, world: World): ScorerParts {
  const { config, store, pool } = session;
  const ask = askingPort(
    {
      mode: config.mode,
      refresh: options.refresh ?? false,
      concurrency: config.concurrency,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxWaitMs: options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS,
      store,
      pool,
      ...(options.port && { port: options.port }),
    },
    world,
  );
  const scorer = createScorer({
    ask,
    assertions: session.assertions,
    root: session.project.root,
    ...(config.judge && { judge: config.judge }),
    ...(options.signal && { signal: options.signal }),
  });
  return { ask, scorer };
}

/** What the run lacks to score its cases (a judge, an optional package) is said before anything is called. */
async function checkCases({ library, evals, includes }: Session, { scorer }: ScorerParts): Promise<void> {
  const found = new Map<string, Problem>();
  const prompts = new Map(evals.map(({ prompt }) => [prompt.id, prompt]));
  for (const prompt of prompts.values()) {
    for await (const testCase of library.cases(prompt)) {
      if (!includes(prompt.id, testCase)) continue;
      for (const problem of scorer.lacks(testCase, prompt)) found.set(JSON.stringify(problem), problem);
    }
  }
  if (found.size > 0) throw new UserError([...found.values()]);
}

/** Runs what the planner asks for. @returns why it cannot be told how good the run is, if so; kept in the journal, too */
async function run(
  session: Session,
  books: Books,
  { ask, scorer }: ScorerParts,
  options: EvaluateOptions,
  world: World,
): Promise<string[]> {
  const { library, evals, includes, pool, store, config } = session;
  const { ledger } = books;
  const journal = await openRun(session, books, options);
  const signal = options.signal ?? new AbortController().signal;
  const engine: Engine = {
    library,
    evals,
    includes,
    ask,
    ledger,
    signal,
    render: (prompt, vars) => renderMessages(prompt.template, vars).messages,
    score: (scoreable) => scorer.score(scoreable),
    record: async (result) => books.places.set(trialKey(result), await journal.append(result)),
    laneOf: (model) => pool.describe(model).provider,
    // More than the calls allowed at a time, since some trials are being scored.
    window: (lane) => 2 * (config.providers[lane]?.concurrency ?? config.concurrency),
    ...(options.onResult && { onResult: options.onResult }),
  };
  try {
    const planner = fixedPlan(evals);
    for (let work = planner.next(ledger.run); work.length > 0 && !signal.aborted; work = planner.next(ledger.run)) {
      ledger.plan(work);
      options.onPlanned?.(ledger.run.trials.planned);
      await execute(work, engine);
    }
    const finishedAt = world.date().toISOString();
    ledger.run.info.finishedAt = finishedAt;
    const reasons = await missesReasons(session, world);
    if (!signal.aborted) await journal.end({ finishedAt, reasons });
    return reasons;
  } finally {
    await store.flush().finally(() => journal.close());
  }
}

/** Begins the journal, or goes on with the one that is there: its completed trials are entered and not run again. */
async function openRun(session: Session, books: Books, options: EvaluateOptions): Promise<Journal> {
  const path = session.out(JOURNAL);
  const { ledger } = books;
  const header = headerOf(session, ledger);
  if (!options.resume) return openJournal(path, header, session);
  const { journal, kept } = await resumeJournal(path, header, session);
  if (kept) restore(books, path, kept, 'completed');
  return journal;
}
