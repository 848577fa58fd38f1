import { isatty } from 'node:tty';
import { EXIT_OF, type Interruption } from '../exit-codes.js';
import type { World } from '../world.js';

/** What a signal from outside has done to a run. */
export interface Interrupt {
  signal: AbortSignal;
  /** The signal that came, if any. */
  name(): Interruption | undefined;
  /** Nothing is left to be stopped: a first signal is told that what is being written is finished. */
  settled(): void;
  /** Stops listening. */
  release(): void;
}

/**
 * Listens for Ctrl-C, SIGTERM and the closing of the terminal. The first one stops the run in good order: nothing new is begun,
 * reports are written as incomplete, the journal is kept. The second ends the process at once.
 * @param said what the user is told at the first one
 */
export function listenForInterrupt(
  world: Pick<World, 'stderr'>,
  said = 'stopping: finishing the reports; press Ctrl-C again to end at once',
): Interrupt {
  const controller = new AbortController();
  let came: Interruption | undefined;
  let saying = said;
  const terminal = [0, 1, 2].some((file) => isatty(file));
  const stop = (name: Interruption): void => {
    if (came !== undefined) process.exit(EXIT_OF[name]);
    came = name;
    if (name === 'SIGHUP' && terminal) process.on('exit', dieOfIt);
    world.stderr.write(`\n${saying}\n`);
    controller.abort();
  };
  /** Node itself aborts at its end when it cannot set back a terminal that is gone. The shell sees the same exit code. */
  const dieOfIt = (): void => {
    process.off('SIGHUP', stop);
    process.kill(process.pid, 'SIGHUP');
  };
  const signals = Object.keys(EXIT_OF) as Interruption[];
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    name: () => came,
    settled() {
      saying = 'all trials are done: finishing the reports, with their verdict; press Ctrl-C again to end at once';
    },
    release() {
      for (const name of signals) process.off(name, stop);
    },
  };
}
