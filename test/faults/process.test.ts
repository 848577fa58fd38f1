import { describe, vi } from 'vitest';
import { test } from '../cli/test.js';
import { CODE } from './rows/code.js';
import { DISK } from './rows/disk.js';
import { SIGNALS } from './rows/signals.js';
import { table } from './table.js';

// A story is of several runs, one after the other.
vi.setConfig({ maxConcurrency: 4, testTimeout: 240_000 });

const WINDOWS = process.platform === 'win32';
const SCENARIOS = [...SIGNALS, ...DISK, ...CODE];
const shown = table('Faults of process and disk', new Map(SCENARIOS.map(({ id, fault }) => [id, fault])), ['']);

describe.concurrent('a fault of process or disk', () => {
  // Windows has no signals, limits of a shell or devices to write to.
  const here = SCENARIOS.filter(({ posix }) => !(posix && WINDOWS));
  test.for(here)('$id: $fault', async (scenario, { project, echoProject }) => {
    await shown.cell(scenario.id, '', () => scenario.run({ project, echoProject }));
  });
});
