import { resolve } from 'node:path';
import { problems, UserError } from '../errors.js';
import { firstDifference } from '../journal/fingerprint.js';
import { caseFilter } from '../plan/filter.js';
import { type Shard, shardName } from '../plan/shard.js';
import type { JsonObject, Problem } from '../vocabulary.js';
import { type Books, JOURNAL } from './books.js';
import { fingerprintOf } from './fingerprint.js';
import { configHash, type Session } from './session.js';
import { runAt, type StoredRun } from './stored-run.js';
import { oneByOne } from '../lists.js';

/** A shard as it was run: its folder as the user named it, and what its journal says. */
export interface StoredShard {
  folder: string;
  run: StoredRun;
  shard: Shard;
}

/**
 * Why a run that is only a part is not gated, in words; undefined where it is a whole one, and where nothing would have been run
 * even without shards: that is nobody's part.
 */
export async function partOnly(session: Session, { ledger }: Books): Promise<string | undefined> {
  const { shard } = session;
  if (!shard) return undefined;
  const name = `shard ${shardName(shard)}`;
  if (ledger.run.evals.length > 0) return `${name} is only a part: \`assay merge\` gates`;
  return (await hasCases(session)) ? `${name} is empty, all cases fell to others: \`assay merge\` gates` : undefined;
}

async function hasCases({ library, evals, selection }: Session): Promise<boolean> {
  const filter = caseFilter(selection.filter);
  for (const { prompt } of evals) {
    for await (const testCase of oneByOne(library.cases(prompt))) if (filter(prompt.id, testCase)) return true;
  }
  return false;
}

/**
 * Reads the shards of one run, in order.
 * @param root the project's root
 * @throws UserError (exit code 2) naming every folder without a run or with a whole one, every shard that is there twice or of
 * another number of shards, and every one that is missing
 */
export async function readShards(folders: readonly string[], cwd: string, root: string): Promise<StoredShard[]> {
  const found: Problem[] = [];
  const shards: StoredShard[] = [];
  for (const folder of folders) {
    const run = await runAt(resolve(cwd, folder, JOURNAL), root).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      found.push(...error.problems);
    });
    const shard = run?.info.shard;
    if (run && shard) shards.push({ folder, run, shard });
    else if (run) found.push(problems['not-a-shard'](folder));
  }
  found.push(...setProblems(shards));
  if (found.length > 0) throw new UserError(found);
  return shards.toSorted((a, b) => a.shard.index - b.shard.index);
}

/** What keeps shards from being one run, as far as their names tell. */
function setProblems(shards: readonly StoredShard[]): Problem[] {
  const [first] = shards;
  if (!first) return [];
  const { count } = first.shard;
  const found: Problem[] = [];
  const folders = new Map<number, string>();
  for (const { folder, shard, run } of shards) {
    const difference = firstDifference(namesOf(run, shard), namesOf(first.run, first.shard));
    if (difference) {
      found.push(problems['foreign-shard'](folder, difference));
      continue;
    }
    const other = folders.get(shard.index);
    if (other === undefined) folders.set(shard.index, folder);
    else found.push(problems['doubled-shard'](shardName(shard), other, folder));
  }
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !folders.has(index));
  if (missing.length > 0) found.push(problems['missing-shard'](missing.map((index) => shardName({ index, count }))));
  return found;
}

/** What the parts of one run have in common, whatever their files. */
function namesOf({ info }: StoredRun, { count }: Shard): JsonObject {
  return { commit: info.git.commit ?? null, 'the number of shards': count };
}

/** Every shard must have run what is here: the same files, config, models, mode and cases. @throws UserError naming those that did not */
export function refuseForeign(shards: readonly StoredShard[], session: Session, { ledger }: Books): void {
  const found = shards.flatMap(({ folder, run, shard }) => {
    const here = JSON.parse(session.redact(JSON.stringify(fingerprintOf(session, ledger, shard))));
    const difference =
      firstDifference(run.index.header.fingerprint, here) ??
      firstDifference({ config: run.info.configHash }, { config: configHash(session) });
    return difference ? [problems['foreign-shard'](folder, difference)] : [];
  });
  if (found.length > 0) throw new UserError(found);
}
