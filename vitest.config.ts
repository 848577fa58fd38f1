import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    globalSetup: 'test/support/build.ts',
    sequence: { sequencer: LongestFirst },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A machine of CI may stall for seconds in the middle of a timed test: such a test may try again there, never on a desk.
    retry: process.env.CI ? 2 : 0,
    restoreMocks: true,
    coverage: { include: ['src/**/*.ts'] },
  },
});
