import { describe, vi } from 'vitest';
import { test } from '../cli/test.js';
import { INPUT } from './rows/input.js';
import { table } from './table.js';
import { expectTold } from './told.js';

vi.setConfig({ maxConcurrency: 6, testTimeout: 240_000 });

const shown = table('Faults of input', new Map(INPUT.map(({ id, fault }) => [id, fault])), ['']);

describe.concurrent('a fault of input', () => {
  test.for([...INPUT])('$id: $fault', async ({ id, tries }, { project }) => {
    await shown.cell(id, '', async () => {
      for (const mistake of tries) await expectTold(project(mistake.files), mistake);
      return [...new Set(tries.map(({ code = 2 }) => `exit ${code}`))].join(', ');
    });
  });
});
