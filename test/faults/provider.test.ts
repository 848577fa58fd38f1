import { describe, vi } from 'vitest';
import { test } from '../cli/test.js';
import { expectCell, makeCell } from './cell.js';
import { ROLES } from './row.js';
import { PROVIDER_ROWS } from './rows/provider.js';
import { table } from './table.js';

// Most of a cell's time is spent waiting.
vi.setConfig({ maxConcurrency: 8, testTimeout: 240_000 });

const shown = table('Faults of providers: each of OpenAI and Anthropic, as', faultsById(), ROLES);
const CELLS = PROVIDER_ROWS.flatMap((row) =>
  (row.roles ?? ROLES).map((role) => ({ row, role, name: `${row.id} ${role}` })),
);

describe.concurrent('a fault of a provider', () => {
  test.for(CELLS)('$name: $row.fault', async ({ row, role }, { project, startServer }) => {
    await shown.cell(row.id, role, async () => {
      return expectCell(await makeCell(row, role, { project, startServer }));
    });
  });
});

function faultsById(): Map<string, string> {
  return new Map(PROVIDER_ROWS.map(({ id, fault }) => [id, fault]));
}
