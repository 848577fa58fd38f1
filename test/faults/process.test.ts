import { describe, vi } from 'vitest';
import { test } from '../cli/test.js';
import { PROCESS_ROWS } from './rows/process.js';
import { table } from './table.js';
import { watched } from './watched.js';

// A story is of several runs, one after the other.
vi.setConfig({ maxConcurrency: 4, testTimeout: 480_000 });

const shown = table('Faults of process and disk', new Map(PROCESS_ROWS.map(({ id, fault }) => [id, fault])), ['']);

describe.concurrent('a fault of process or disk', () => {
  test.for([...PROCESS_ROWS])('$id: $fault', async (scenario, { onTestFinished, skip }) => {
    const why = scenario.unmet?.();
    if (why !== undefined) {
      shown.leftOut(scenario.id, '', why);
      skip(why);
    }
    await shown.cell(scenario.id, '', () => scenario.run(watched(scenario, onTestFinished)));
  });
});
