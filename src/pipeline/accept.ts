import { existsSync, readFileSync } from 'node:fs';
import { problems, UserError } from '../errors.js';
import { evalsOfPrompt } from '../eval-key.js';
import { EXIT } from '../exit-codes.js';
import { accept } from '../gate/baseline.js';
import { refusals } from '../gate/decide.js';
import { describeAccept } from '../gate/describe-accept.js';
import { formatBaseline } from '../gate/format-baseline.js';
import { reducerOf } from '../gate/settings.js';
import { thinness } from '../gate/thin.js';
import { writeFileAtomic } from '../journal/atomic-write.js';
import { firstDifference } from '../journal/fingerprint.js';
import { pathsTo } from '../library/select.js';
import { filed, grouped } from '../lists.js';
import { fixedPlan } from '../plan/planner.js';
import { shardName } from '../plan/shard.js';
import type { Baseline, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { baselinePath } from './baselines.js';
import { type Books, headerOf, openBooks, restore } from './books.js';
import { judge } from './conclude.js';
import type { EvaluateOptions } from './options.js';
import { projectPaths } from './project.js';
import { pruneRecordings } from './prune.js';
import { openSession, type Session } from './session.js';
import { type StoredRun, storedRun } from './stored-run.js';
import { planTopUp, refuseStopped, type TopUp, topUp } from './top-up.js';

/** What accepting does to one prompt's baseline. */
export interface Acceptance {
  prompt: string;
  /** Path of the baseline, relative to the project root. */
  path: string;
  /** What changes, a line each; empty when nothing does. */
  changes: string[];
  /** What the new baseline is too thin for, a line per model. */
  warnings: string[];
}

/** A run that may be accepted, and what that would change. */
export interface Acceptable {
  /** Trials that are run first, so that the baseline has as many of each case; absent: it has them. */
  topUp?: TopUp;
  /** What would change as the run is now. */
  acceptances: Acceptance[];
  /**
   * Runs the trials of `topUp`. @returns what changes with them
   * @throws UserError when it can no longer be told how good the run is, or as `topUp`
   */
  complete(): Promise<Acceptance[]>;
  /**
   * Writes the baselines, then drops recordings that neither plan nor baseline uses. @returns how many were dropped
   * @throws UserError as `refuseStopped`, and when another has written a baseline meanwhile
   */
  write(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Looks at the last run of an output folder: may it become the baseline, and what would that change?
 * @param options `paths` name the prompts to accept; what was run comes from the run itself
 * @throws UserError when there is no run, it is incomplete or unverified, or its files changed since
 */
export async function acceptable(options: EvaluateOptions, world: World): Promise<Acceptable> {
  const began = world.now();
  const run = await storedRun(options);
  // Only more trials need a key: whether there are any is not known yet.
  const session = await openSession({ ...options, ...run.options, planOnly: true }, world);
  try {
    const books = await openBooks(session, run.info);
    refusePart(run);
    refuseChanged(run, session, books);
    restore(books, run.path, run.index, 'all');
    refuseUnverified(session, books, run);
    return await offer(session, books, run, { options, began }, world);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** A part of a run says nothing about the other cases, and a baseline is of all. */
function refusePart({ path, options, info, against }: StoredRun): void {
  if (against !== undefined) throw new UserError([problems['against-run'](path)]);
  if (options.nothing !== undefined) throw new UserError([problems['empty-run'](path, options.nothing)]);
  if (info.shard) throw new UserError([problems['shard-run'](path, shardName(info.shard))]);
  if ((options.filter ?? []).length > 0) throw new UserError([problems['filtered-run'](path)]);
}

function refuseChanged({ path, index }: StoredRun, session: Session, { ledger }: Books): void {
  const difference = firstDifference(index.header.fingerprint, headerOf(session, ledger).fingerprint);
  if (difference) throw new UserError([problems['changed-since'](path, difference)]);
}

function refuseUnverified(session: Session, books: Books, run: StoredRun): void {
  // A trial that the journal lacks altogether is still planned: the books then do not add up, and the run is refused.
  books.ledger.plan(fixedPlan(session.evals).next(books.ledger.run));
  const reasons = refusals(judge(session, books, { reasons: run.reasons }).verdict);
  if (reasons.length > 0) throw new UserError([problems['unverified-run'](reasons)], EXIT.unverified);
}

/** The prompts that ids or paths name (of their file, their baseline, a file of their cases, a folder above); all when there are none. */
function chosenPrompts(session: Session, options: EvaluateOptions): Prompt[] {
  const given = options.paths ?? [];
  const { prompts } = session.library;
  if (given.length === 0) return prompts;
  const paths = projectPaths(session.project, options.cwd, given);
  const byId = grouped(prompts, ({ id }) => id);
  const byPath = filed(prompts, (prompt) =>
    [prompt.path, baselinePath(prompt), ...prompt.caseFiles].flatMap((file) => pathsTo(file)),
  );
  const named = paths.map((path, index) => [...(byId.get(given[index] ?? '') ?? []), ...(byPath.get(path) ?? [])]);
  const unknown = paths.filter((_, index) => named[index]?.length === 0);
  if (unknown.length > 0) throw new UserError(unknown.map((path) => problems['not-in-run'](path)));
  const all = new Set(named.flat());
  return prompts.filter((prompt) => all.has(prompt));
}

async function offer(
  session: Session,
  books: Books,
  run: StoredRun,
  { options, began }: { options: EvaluateOptions; began: number },
  world: World,
): Promise<Acceptable> {
  const evals = new Set(books.ledger.run.evals.map((each) => each.prompt.id));
  const prompts = chosenPrompts(session, options).filter(({ id }) => evals.has(id));
  const ids = new Set(prompts.map(({ id }) => id));
  const chosen = session.evals.filter(({ prompt }) => ids.has(prompt.id));
  const needed = await planTopUp(session, books, chosen, world);
  const { trials, calls, usd } = needed;
  const before = new Map(prompts.map((prompt) => [prompt.id, baselineText(session, prompt)]));
  let planned = plan(session, books, prompts, world);
  return {
    ...(trials > 0 && { topUp: { trials, calls, ...(usd !== undefined && { usd }) } }),
    acceptances: planned.map(({ acceptance }) => acceptance),
    async complete() {
      // Before anything is called: who cannot drop recordings in the end, since a run records there, would have accepted by half.
      if (session.config.mode !== 'live') for (const { id } of prompts) await session.store.reserve(id);
      if (trials > 0) {
        const reasons = await topUp(session, books, needed, run, { ...options, ...run.options }, began, world);
        refuseUnverified(session, books, { ...run, reasons });
        planned = plan(session, books, prompts, world);
      }
      return planned.map(({ acceptance }) => acceptance);
    },
    async write() {
      refuseStopped(options);
      const changed = prompts.filter((prompt) => baselineText(session, prompt) !== before.get(prompt.id));
      if (changed.length > 0) {
        throw new UserError(
          changed.map((prompt) => problems['baseline-changed'](baselinePath(prompt))),
          EXIT.unverified,
        );
      }
      for (const { acceptance, next } of planned) {
        if (acceptance.changes.length > 0) await writeBaseline(session, acceptance.path, next);
      }
      return pruneRecordings(session, planned, { ...options, ...run.options }, world);
    },
    close: () => session.close(),
  };
}

/** The baselines as accepting the run would make them. */
function plan(
  { library, evals }: Session,
  { ledger }: Books,
  prompts: readonly Prompt[],
  world: World,
): { prompt: Prompt; next: Baseline; acceptance: Acceptance }[] {
  const date = world.date().toISOString().slice(0, 10);
  return prompts.map((prompt) => {
    const previous = library.baseline(prompt);
    const next = accept(ledger.run, prompt.id, previous, { date });
    const ran = evalsOfPrompt(evals, prompt.id);
    const warnings = ran.flatMap((each) => {
      const accepted = next.models[each.model.model];
      const thin = accepted && thinness(accepted, each.prompt.gate, each.prompt.repeats);
      return thin === undefined ? [] : [`${each.model.model}: ${thin}`];
    });
    const path = baselinePath(prompt);
    const changes = describeAccept(previous, next, reducerOf(prompt.gate));
    return { prompt, next, acceptance: { prompt: prompt.id, path, changes, warnings } };
  });
}

/** A baseline as it lies on the disk; undefined where there is none. */
function baselineText(session: Session, prompt: Prompt): string | undefined {
  const path = session.file(baselinePath(prompt));
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

async function writeBaseline(session: Session, path: string, baseline: Baseline): Promise<void> {
  await writeFileAtomic(session.file(path), session.redact(formatBaseline(baseline)), { stays: true });
}
