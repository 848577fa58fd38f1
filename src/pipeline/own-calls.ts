import type { OwnCalls } from '../ask/recordings.js';
import { trialKey } from '../eval-key.js';
import type { Journal } from '../journal/journal.js';
import type { JournalIndex } from '../journal/reader.js';

/** The calls of a run as its journal has them. The port that asks is made before the journal is opened: until then there are none. */
export interface JournalledCalls extends OwnCalls {
  /** @param kept what is in a journal that goes on */
  open(journal: Journal, kept?: Pick<JournalIndex, 'calls'>): void;
}

/** The calls of a run whose journal is still to be opened. */
export function journalledCalls(): JournalledCalls {
  let opened: { journal: Journal; calls?: JournalIndex['calls'] } | undefined;
  return {
    open(journal, kept) {
      opened = { journal, ...(kept && { calls: kept.calls }) };
    },
    attempts: (trial, name) => opened?.calls?.get(trialKey(trial))?.get(name),
    note: async (call) => opened?.journal.note(call),
  };
}
