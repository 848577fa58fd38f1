import type { World } from '../world.js';
import { EXIT } from '../exit-codes.js';

/** What a signal from outside has done to a run. */
export interface Interrupt {
  signal: AbortSignal;
  /** 130 or 143 after a signal. */
  exitCode(): number | undefined;
  /** Stops listening. */
  release(): void;
}

/**
 * Listens for Ctrl-C and SIGTERM. The first one stops the run in good order: nothing new is begun, reports are written as
 * incomplete, the journal is kept. The second ends the process at once.
 */
export function listenForInterrupt(world: Pick<World, 'stderr'>): Interrupt {
  const controller = new AbortController();
  let code: number | undefined;
  const stop = (exitCode: number) => () => {
    if (code !== undefined) process.exit(exitCode);
    code = exitCode;
    world.stderr.write('\nstopping: finishing the reports; press Ctrl-C again to end at once\n');
    controller.abort();
  };
  const onInterrupt = stop(EXIT.interrupted);
  const onTerminate = stop(EXIT.terminated);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
