import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/** A stream that text is printed to. */
export interface Screen {
  write(text: string): unknown;
  /** Tells when a slow reader takes more, or went away. */
  on?(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
  off?(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
  destroyed?: boolean;
  isTTY?: boolean;
  columns?: number;
}

/** The world as a parameter: all that a run takes from outside but files and sockets. Tests hand in their own. */
export interface World {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdout: Screen;
  stderr: Screen;
  /** Keeps these values from being printed; absent where nothing is printed but what a program asks for. */
  conceal?(secrets: readonly string[]): void;
  /** Wall-clock time. */
  date(): Date;
  /** Milliseconds on a clock that never runs backwards. */
  now(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Hex digits nobody can guess. */
  randomHex(digits: number): string;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `act` every `ms` milliseconds until it is let go; keeps no process alive. */
  every(ms: number, act: () => void): () => void;
  /** What went wrong so far outside of anything that is waited for, a sentence each: a run with such is unverified. */
  strays?(): readonly string[];
}

/** Waits; ends at once, without an error, when the signal is aborted. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

function every(ms: number, act: () => void): () => void {
  const timer = setInterval(act, ms).unref();
  return () => clearInterval(timer);
}

/** The real world. */
export function processWorld(): World {
  return {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    date: () => new Date(),
    now: () => performance.now(),
    random: Math.random,
    randomHex: (digits) =>
      randomBytes(Math.ceil(digits / 2))
        .toString('hex')
        .slice(0, digits),
    sleep,
    every,
  };
}
