import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PACKAGE } from '../support/project.js';

// The whole of it, 50 kills of runs of 500 cases, is `node bench/no-loss.mjs`.
test('kill -9 at random points of calls, storing, reports and accept: nothing is lost, doubled or called again', {
  timeout: 300_000,
}, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(PACKAGE, 'bench/no-loss.mjs'), '8', '80']);
  console.log(stdout.trim());
  expect(stdout).toMatch(/^no loss: 8 kills \(1 of accept, .* 0 faults, \d+ s$/m);
});
