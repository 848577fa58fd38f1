import { EXIT, isInterrupted } from '../exit-codes.js';
import { thrownText } from '../providers/protocol.js';
import { forTerminal } from '../trust/escape.js';
import type { Redact } from '../trust/redact.js';
import type { Screen } from '../world.js';

/** What goes wrong in the process outside of anything that is waited for. */
export interface Strays {
  /** A sentence each, in the order in which they came; equal ones once. */
  all(): readonly string[];
  /** From now on the process may end. */
  finished(): void;
}

/** So many are told; what fails for every trial would fill the report. */
const MOST_TOLD = 10;
/** In UTF-16 units. */
const LONGEST = 300;

/**
 * Keeps the process from ending as its own user does not mean it to. A rejection or error that nobody catches comes from code of
 * the user's (a module, a plug-in): it must not end the run without a report, and must never look like a verdict. Nor must the
 * code end the process itself, or leave it nothing to wait for: exit codes 0 and 1 are verdicts.
 */
export function watchForStrays({ stderr, redact }: { stderr: Screen; redact: Redact }): Strays {
  const told = new Set<string>();
  let finished = false;
  const tell = (what: string, thrown: unknown) => {
    const line = `${what}: ${thrownText(thrown, redact, LONGEST)}`;
    if (told.has(line) || told.size >= MOST_TOLD) return;
    told.add(line);
    stderr.write(forTerminal(`assay: ${line}\n`));
  };
  process.on('unhandledRejection', (reason) => tell('a promise was rejected and nobody waited for it', reason));
  process.on('uncaughtException', (error) => tell('an error was thrown where nobody could catch it', error));
  // A reader that closes the pipe early (`assay eval --json | head`) is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') tell('standard output cannot be written', error);
  });
  process.stderr.on('error', () => {});
  process.on('exit', (code) => {
    if (finished || isInterrupted(code)) return;
    process.exitCode = EXIT.unverified;
    stderr.write('assay: the process ended before its work did, by code that ran in it; nothing is verified\n');
  });
  return {
    all: () => [...told],
    finished() {
      finished = true;
    },
  };
}
