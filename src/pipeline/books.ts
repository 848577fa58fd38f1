import type { JournalHeader } from '../journal/journal.js';
import { trialKey } from '../eval-key.js';
import { type JournalIndex, openResults } from '../journal/reader.js';
import { scratchFile } from '../journal/scratch-file.js';
import { Pages } from '../pages.js';
import type { Completed } from '../run/execute.js';
import { type Ledger, openLedger } from '../run/ledger.js';
import { assertHashes, trialFacts } from '../score/facts.js';
import { hasCommonJudge } from '../score/grader.js';
import type { RunInfo, TrialId } from '../vocabulary.js';
import { fingerprintOf } from './fingerprint.js';
import { Places } from './places.js';
import type { Session } from './session.js';

/** The journal's file in the output folder. */
export const JOURNAL = 'run.jsonl';

/** What is known of a run: the facts, and where each raw result stands in the journal. */
export interface Books {
  ledger: Ledger;
  places: Places;
}

/** Opens the books of a run: every eval with its cases, no trials yet. */
export async function openBooks(session: Session, info: RunInfo): Promise<Books> {
  const { library, evals, includes, config, against } = session;
  const pages = new Pages(scratchFile());
  const ledger = await openLedger(
    library,
    evals,
    info,
    {
      facts: trialFacts,
      asserts: (testCase, { prompt }) =>
        assertHashes(testCase, against?.yardstick(prompt) ?? prompt, config.judge, session.assertions),
      judged: ({ assert }) =>
        assert.filter((each) => hasCommonJudge(each, session.assertions)).map(({ metric }) => metric),
      ...(config.judge && { judge: config.judge.model }),
    },
    includes,
    pages,
  );
  return { ledger, places: new Places(pages) };
}

/** The journal's first line: which run it is, what was asked for, and what must be equal to go on with it. */
export function headerOf(session: Session, ledger: Ledger): JournalHeader {
  const { id, startedAt, mode, configHash, git } = ledger.run.info;
  const { paths, models, filter, repeats, against, nothing } = session.selection;
  return {
    id,
    startedAt,
    mode,
    configHash,
    git: { ...git },
    selection: {
      paths,
      models,
      filter,
      ...(repeats && { repeats: { ...repeats } }),
      ...(against && { against }),
      ...(nothing !== undefined && { nothing }),
    },
    ...(session.shard && { shard: { ...session.shard } }),
    fingerprint: fingerprintOf(session, ledger, session.shard),
  };
}

/**
 * Enters the trials of a journal. The run keeps its id and its start.
 * @param which `completed`: the others are to be run again; `all`: the run is over
 */
export function restore(
  { ledger, places }: Books,
  path: string,
  index: JournalIndex,
  which: 'completed' | 'all',
): void {
  const { info } = ledger.run;
  if (typeof index.header.id === 'string') info.id = index.header.id;
  if (typeof index.header.startedAt === 'string') info.startedAt = index.header.startedAt;
  const results = openResults(path);
  try {
    for (const [, place] of index.trials) {
      if (which === 'completed' && place.status !== 'completed') continue;
      const result = results.at(place);
      ledger.restore(result);
      const seat = ledger.seatOf(result);
      if (seat) places.set(seat, result.repeat, place);
    }
  } finally {
    results.close();
  }
}

/** Trials that have their answers, which are still to be graded. */
export interface Ungraded {
  of(trial: TrialId): Completed | undefined;
  close(): void;
}

/** The ungraded trials of a journal. Its results may be read until `close`. */
export function ungradedIn(path: string, { trials }: JournalIndex): Ungraded {
  const results = openResults(path);
  return {
    of(trial) {
      const place = trials.get(trialKey(trial));
      const result = place?.status === 'ungraded' ? results.at(place) : undefined;
      return result?.status === 'completed' ? result : undefined;
    },
    close: () => results.close(),
  };
}
