import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    globalSetup: 'test/support/build.ts',
    sequence: { sequencer: LongestFirst },
    // Tests wait for processes and sockets much of their time: two at once fit on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A machine of CI may stall for seconds in the middle of a timed test: such a test may try again there, never on a desk.
    retry: process.env.CI ? 2 : 0,
    restoreMocks: true,
    coverage: { include: ['src/**/*.ts'] },
  },
});
