import { existsSync, realpathSync } from 'node:fs';
import { problems, UserError } from '../errors.js';
import { adviser } from '../gate/advice.js';
import { type Journal, openJournal } from '../journal/journal.js';
import type { LinePlace } from '../journal/lines.js';
import { openResults, type ResultReader } from '../journal/reader.js';
import { adaptivePlan } from '../plan/planner.js';
import { shardName, shardOf } from '../plan/shard.js';
import { evalIn, evalKey, trialKey } from '../eval-key.js';
import type { RunInfo, TrialId, TrialResult, Work } from '../vocabulary.js';
import type { World } from '../world.js';
import { acceptedOf } from './baselines.js';
import { type Books, headerOf, JOURNAL, openBooks } from './books.js';
import { conclude, type Conclusion, type Unwritten } from './conclude.js';
import { emptiness } from './emptiness.js';
import { missesReasons, sumOfMisses } from './misses.js';
import type { EvaluateOptions } from './options.js';
import { openProject } from './project.js';
import { beginRemarks } from './remarks.js';
import { openSession, outputFolder, type Session } from './session.js';
import { readShards, refuseForeign, type StoredShard } from './shards.js';
import { joinedRunId } from './run-id.js';
import { endings, type Supply } from './supply.js';

/**
 * Joins the shards of a run into the run that one process would have made: its journal, its reports, its verdict. It holds the same
 * conversation with the planner, and takes what that asks for from the shards instead of calling.
 * @param folders the output folders of all shards
 * @param unwritten as that of `conclude`
 * @throws UserError where shards are missing, doubled, or of another run than the files here make
 */
export async function merge(
  folders: readonly string[],
  options: EvaluateOptions,
  world: World,
  unwritten?: Unwritten,
): Promise<Conclusion> {
  const project = openProject(options.cwd, options.config);
  const shards = await readShards(folders, options.cwd, project.root);
  refuseOwnShard(shards, outputFolder(options, project)(JOURNAL));
  const session = await openSession({ ...options, ...shards[0]?.run.options, planOnly: true }, world);
  const remarks = beginRemarks(session, world);
  try {
    const books = await openBooks(session, infoOf(shards));
    refuseForeign(shards, session, books);
    const journal = await openJournal(session.out(JOURNAL), headerOf(session, books.ledger), session);
    try {
      await take(session, books, shards, journal);
      const reasons = await reasonsOf(shards, session, world);
      const misses = sumOfMisses(shards.map(({ run }) => run.misses));
      await journal.end({ finishedAt: books.ledger.run.info.finishedAt ?? '', reasons, misses: { ...misses } });
      const incomplete = shards.some(({ run }) => !run.index.end || run.spent !== undefined);
      const { run } = books.ledger;
      const circumstances = {
        reasons: [...reasons, ...emptiness(session, run)],
        incomplete,
        ...(session.nothing !== undefined && { noGate: session.nothing }),
      };
      return await conclude(session, books, circumstances, await remarks.about(run), journal, unwritten);
    } finally {
      await journal.close();
    }
  } finally {
    remarks.close();
    await session.close();
  }
}

/** The joined journal must not take the place of one that it is made from. */
function refuseOwnShard(shards: readonly StoredShard[], joined: string): void {
  const found = shards.filter(({ run }) => same(run.path, joined));
  if (found.length > 0) throw new UserError(found.map(({ folder }) => problems['merged-into-shard'](folder)));
}

function same(path: string, other: string): boolean {
  return existsSync(other) && realpathSync(path) === realpathSync(other);
}

/** The run from the start of its first shard to the end of its last. */
function infoOf(shards: readonly StoredShard[]): RunInfo {
  const infos = shards.map(({ run }) => run.info);
  const startedAt = infos.map((info) => info.startedAt).toSorted()[0] ?? '';
  const finishedAt = infos
    .map((info) => info.finishedAt ?? '')
    .toSorted()
    .at(-1);
  const { mode = 'replay', git = {}, configHash = '' } = infos[0] ?? {};
  const id = joinedRunId(
    startedAt,
    infos.map((info) => info.id),
  );
  return { id, startedAt, ...(finishedAt && { finishedAt }), mode, git, configHash };
}

/** Why it cannot be told how good the run is: what its shards lacked together, and what each said beside that. */
async function reasonsOf(shards: readonly StoredShard[], session: Session, world: World): Promise<string[]> {
  const reasons = await missesReasons(sumOfMisses(shards.map(({ run }) => run.misses)), session, world);
  for (const { run, shard } of shards) {
    const own = await missesReasons(run.misses, session, world);
    const others = run.reasons.filter((reason) => !own.includes(reason));
    reasons.push(...others.map((reason) => `shard ${shardName(shard)}: ${reason}`));
    if (!run.index.end) reasons.push(`shard ${shardName(shard)} did not come to its end`);
  }
  return reasons;
}

/** The results of all shards, read when they are asked for. */
interface Parts {
  placeOf(trial: TrialId): { results: ResultReader; place: LinePlace } | undefined;
  /** Why a trial has no result. */
  lackOf(trial: TrialId): string;
  close(): void;
}

function openParts(shards: readonly StoredShard[]): Parts {
  const opened = shards.map(({ run }) => ({
    trials: run.index.trials,
    results: openResults(run.path),
    spent: run.spent,
  }));
  const partOf = (trial: TrialId) => opened[shardOf(trial.prompt, trial.case, opened.length) - 1];
  return {
    lackOf: (trial) => partOf(trial)?.spent ?? 'the run was interrupted',
    placeOf(trial) {
      const part = partOf(trial);
      const place = part?.trials.get(trialKey(trial));
      return part && place && { results: part.results, place };
    },
    close() {
      for (const { results } of opened) results.close();
    },
  };
}

/** Does what the planner asks for, as far as the shards have it. */
async function take(session: Session, books: Books, shards: readonly StoredShard[], journal: Journal): Promise<void> {
  const { evals, library } = session;
  const { ledger } = books;
  const parts = openParts(shards);
  try {
    const supply = supplyFrom(session, books, parts);
    const planner = adaptivePlan(evals, adviser(acceptedOf(library), supply.ended));
    for (let wanted = planner.next(ledger.run); wanted.length > 0; wanted = planner.next(ledger.run)) {
      const work = await supply.only(wanted);
      ledger.plan(work);
      for (const each of work) await takeRound(each, books, parts, journal);
    }
  } finally {
    parts.close();
  }
}

/** Lines are written together: each by itself would wait for the disk. */
const TOGETHER = 256;

async function takeRound(work: Work, { ledger, places }: Books, parts: Parts, journal: Journal): Promise<void> {
  let writing: Promise<unknown>[] = [];
  const keep = (trial: TrialId, place: LinePlace) => {
    const seat = ledger.seatOf(trial);
    if (seat) places.set(seat, trial.repeat, place);
  };
  for (const id of casesOf(work, ledger)) {
    const trial: TrialId = { prompt: work.prompt, model: work.model, case: id, repeat: work.repeat };
    const there = parts.placeOf(trial);
    const result: TrialResult = there
      ? there.results.at(there.place)
      : { ...trial, status: 'skipped', reason: parts.lackOf(trial) };
    if (there) writing.push(journal.append(result).then((place) => keep(trial, place)));
    ledger.enter(result);
    if (writing.length < TOGETHER) continue;
    await Promise.all(writing);
    writing = [];
  }
  await Promise.all(writing);
}

function casesOf({ prompt, model, cases }: Work, { run }: Books['ledger']): readonly string[] {
  return cases ?? evalIn(run.evals, prompt, model)?.cases.map((each) => each.case) ?? [];
}

/** Beyond the first rounds there is what the shards have: whole rounds, and single repeats. */
function supplyFrom({ evals }: Session, { ledger }: Books, parts: Parts): Supply {
  const mins = new Map(evals.map(({ prompt, model }) => [evalKey(prompt.id, model.model), prompt.repeats.min]));
  const { ended, end } = endings();
  return {
    ended,
    async only(work) {
      return work.flatMap((each): Work[] => {
        const { prompt, model, repeat } = each;
        const has = (id: string) => parts.placeOf({ prompt, model, case: id, repeat }) !== undefined;
        if (each.cases) {
          const there: string[] = [];
          for (const id of each.cases) {
            if (!ended(prompt, model, id) && has(id)) there.push(id);
            else end(prompt, model, id);
          }
          return there.length > 0 ? [{ ...each, cases: there }] : [];
        }
        const planned = repeat <= (mins.get(evalKey(prompt, model)) ?? 0);
        if (planned || (!ended(prompt, model) && casesOf(each, ledger).every(has))) return [each];
        end(prompt, model);
        return [];
      });
    },
  };
}
