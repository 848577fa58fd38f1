import type { World } from '../world.js';
import { EXIT } from '../exit-codes.js';

/** What a signal from outside has done to a run. */
export interface Interrupt {
  signal: AbortSignal;
  /** The signal that came, if any. */
  name(): 'SIGINT' | 'SIGTERM' | undefined;
  /** Stops listening. */
  release(): void;
}

/**
 * Listens for Ctrl-C and SIGTERM. The first one stops the run in good order: nothing new is begun, reports are written as
 * incomplete, the journal is kept. The second ends the process at once.
 * @param said what the user is told at the first one
 */
export function listenForInterrupt(
  world: Pick<World, 'stderr'>,
  said = 'stopping: finishing the reports; press Ctrl-C again to end at once',
): Interrupt {
  const controller = new AbortController();
  let came: 'SIGINT' | 'SIGTERM' | undefined;
  const stop = (name: 'SIGINT' | 'SIGTERM') => () => {
    if (came !== undefined) process.exit(name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
    came = name;
    world.stderr.write(`\n${said}\n`);
    controller.abort();
  };
  const onInterrupt = stop('SIGINT');
  const onTerminate = stop('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    name: () => came,
    release() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
