#!/usr/bin/env node
import { EXIT, strongest } from '../exit-codes.js';
import { forTerminal } from '../trust/escape.js';
import { processWorld } from '../world.js';
import { run } from './run.js';
import { withSink } from './sink.js';

// A rejection that nobody waited for comes from the user's own code (a module, a plug-in): it must not end the run without a
// report, and must never look like a pass.
let unwaited = false;
const world = withSink(processWorld());
process.on('unhandledRejection', (reason) => {
  unwaited = true;
  world.stderr.write(`assay: a promise was rejected and nobody waited for it: ${forTerminal(String(reason))}\n`);
});
// A reader that closes the pipe early (`assay eval --json | head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const code = await run(process.argv.slice(2), world);
// Setting the code, not exiting: exiting cuts off output that a slow pipe has not taken yet.
process.exitCode = strongest(unwaited ? [code, EXIT.unverified] : [code]);
