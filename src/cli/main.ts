#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../exit-codes.js';
import { cachedBundle } from './code-cache.js';
import { keepHeapSmall } from './heap.js';
import { inlineLess } from './jit.js';
import type * as Start from './start.js';

keepHeapSmall();
inlineLess();
const bundle = cachedBundle();
// What is not bundled yet is loaded as it is.
const bundled = fileURLToPath(new URL('../bundled/start.cjs', import.meta.url));
const { start } = (existsSync(bundled) ? bundle.load(bundled) : await import('./start.js')) as typeof Start;
await start();
const verdict = process.exitCode === EXIT.passed || process.exitCode === EXIT.failed;
// A whole run compiled what runs need. In CI the package is new each time, and what is kept in it lost.
if (process.argv[2] === 'eval' && verdict && !process.env['CI']) {
  keepHeapSmall();
  bundle.keep();
}
// All is written by then. Taking a heap down piece by piece, as Node does at its own end, takes longer than leaving it to the system.
process.on('exit', () => process.exit());
