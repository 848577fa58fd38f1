/** The exit codes of `assay`. CI scripts rely on them; when several apply, the first in `PRECEDENCE` wins. */
export const EXIT = {
  /** Passed; also nothing to do, with the reason said. */
  passed: 0,
  /** A rule of level error was broken. */
  failed: 1,
  /** Usage, configuration or input error: nothing was called. */
  usage: 2,
  /** It could not be told: outage, missing recording, judge not fit, budget spent, too few scores, nothing to run. */
  unverified: 3,
  /** Interrupted by SIGINT (Ctrl-C). */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
  /** Ended by SIGHUP: the terminal was closed. */
  hungUp: 129,
} as const;

/** A signal that ends a run in good order. */
export type Interruption = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What a run that was interrupted ends with. */
export const EXIT_OF: Readonly<Record<Interruption, number>> = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hungUp,
};

/** Whether an exit code is that of a run that was interrupted. */
export function isInterrupted(code: number): boolean {
  return Object.values(EXIT_OF).includes(code);
}

const PRECEDENCE: readonly number[] = [2, 130, 143, 129, 1, 3, 0];

/**
 * The exit code of a command to which several apply.
 * @param codes at least one of `EXIT`'s values
 */
export function strongest(codes: readonly number[]): number {
  for (const code of PRECEDENCE) if (codes.includes(code)) return code;
  return EXIT.unverified;
}
