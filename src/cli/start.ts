import { EXIT, strongest } from '../exit-codes.js';
import { processWorld } from '../world.js';
import { run } from './run.js';
import { withSink } from './sink.js';
import { watchForStrays } from './stray.js';

/** Runs the command line of this process, and sets its exit code. */
export async function start(): Promise<void> {
  const world = withSink(processWorld());
  const strays = watchForStrays(world);
  const code = await run(process.argv.slice(2), { ...world, strays: strays.all });
  strays.finished();
  // Setting the code, not exiting: exiting cuts off output that a slow pipe has not taken yet.
  process.exitCode = code;
  // What went astray until the very end (output is still being taken) counts, too.
  process.on('exit', () => {
    if (strays.all().length > 0) process.exitCode = strongest([code, EXIT.unverified]);
  });
}
