import { UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { compare } from '../gate/compare.js';
import { decide } from '../gate/decide.js';
import type { Circumstances } from '../gate/general.js';
import { writeFileAtomic } from '../journal/atomic-write.js';
import type { Journal } from '../journal/journal.js';
import { refuseLink } from '../journal/plain-file.js';
import { openResults } from '../journal/reader.js';
import { reports } from '../reports/map.js';
import type { ReportInput } from '../reports/report.js';
import type { Comparison, Verdict } from '../vocabulary.js';
import { VERSION } from '../version.js';
import { acceptedOf } from './baselines.js';
import { type Books, JOURNAL } from './books.js';
import { HISTORY, openHistory } from './history.js';
import { resultsFrom } from './results.js';
import type { Session } from './session.js';

/** How a run ended. */
export interface Conclusion {
  verdict: Verdict;
  comparison: Comparison;
  /** What reports are made of; its results may be read until `close`. */
  input: ReportInput;
  /** The files that were written, absolute, by their name. */
  files: Map<string, string>;
  redact(text: string): string;
  close(): void;
}

/** Told of a conclusion whose verdict is known, but not all of whose files are there; its exit code is that of the trouble. */
export type Unwritten = (conclusion: Conclusion) => Promise<void>;

/**
 * Compares, decides and writes the reports. Calls no model: everything it needs is in the books and the journal.
 * @param notes remarks for the reports, beside those of library and recordings
 * @param journal ended; no report is written before the disk has it
 * @param unwritten told how the run ended where its reports could not all be written, before that is thrown
 */
export async function conclude(
  session: Session,
  books: Books,
  circumstances: Circumstances,
  notes: readonly string[],
  journal: Pick<Journal, 'flushed'>,
  unwritten?: Unwritten,
): Promise<Conclusion> {
  const { redact } = session;
  const reasons = circumstances.reasons?.map(redact) ?? [];
  const judged = judge(session, books, { ...circumstances, reasons });
  const { verdict } = judged;
  const history = await openHistory(session, books);
  const comparison = history.mark(judged.comparison);
  await journal.flushed();
  const results = openResults(session.out(JOURNAL));
  try {
    const input: ReportInput = {
      tool: { name: 'promptassay', version: VERSION },
      config: { mode: session.config.mode },
      comparison,
      verdict,
      notes: [...session.library.notes, ...session.store.notes(), ...notes].map(redact),
      ...resultsFrom(books, results),
    };
    const files = new Map(reports.map(({ file }) => [file, session.out(file)]));
    const conclusion = { verdict, comparison, input, files, redact, close: () => results.close() };
    try {
      await writeReports(input, files, session);
      await history.add(comparison, verdict);
    } catch (error) {
      const told = { ...verdict, exitCode: error instanceof UserError ? error.exitCode : EXIT.unverified };
      await unwritten?.({ ...conclusion, verdict: told, input: { ...input, verdict: told } });
      throw error;
    }
    return conclusion;
  } catch (error) {
    results.close();
    throw error;
  }
}

/**
 * One is made while another waits for the disk. Where one cannot be written, the others are, before it is said.
 * @param files their paths; those of reports that cannot be written are taken out
 */
async function writeReports(
  input: ReportInput,
  files: Map<string, string>,
  { out, redact }: Pick<Session, 'out' | 'redact'>,
): Promise<void> {
  const all = reports.map(({ file, render }) =>
    writeFileAtomic(out(file), redacted(render(input), redact)).catch((error: unknown) => {
      files.delete(file);
      throw error;
    }),
  );
  for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason;
}

/** What stands in the way of the reports is said before anything is called. @throws UserError `not-a-plain-file`, `outside-root` */
export async function checkOutputs(session: Pick<Session, 'out'>): Promise<void> {
  for (const file of [...reports.map((each) => each.file), HISTORY]) await refuseLink(session.out(file));
}

/** The run against its baselines, and the decision about it. */
export function judge(
  { library, against }: Pick<Session, 'library' | 'against'>,
  { ledger }: Pick<Books, 'ledger'>,
  circumstances: Circumstances,
): { comparison: Comparison; verdict: Verdict } {
  const comparison = against?.compare(ledger.run) ?? compare(ledger.run, acceptedOf(library));
  return { comparison, verdict: decide(comparison, circumstances) };
}

/** Redacts line by line: a secret may begin in one piece and end in the next, but it holds no line end. */
async function* redacted(chunks: AsyncIterable<string>, redact: (text: string) => string): AsyncGenerator<string> {
  let open = '';
  for await (const chunk of chunks) {
    open += chunk;
    const end = open.lastIndexOf('\n') + 1;
    if (end === 0) continue;
    yield redact(open.slice(0, end));
    open = open.slice(end);
  }
  if (open !== '') yield redact(open);
}
