import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { test } from '../cli/test.js';
import { allowance, type Cell, expectCell, makeCell, sinceStart } from './cell.js';
import { ALWAYS, PROVIDER_DEFENCES } from './defences.js';
import { PROVIDER_ROWS } from './rows/provider.js';
import { table } from './table.js';
import { type Defence, type Weakened, weakened } from './weakened.js';

vi.setConfig({ maxConcurrency: 8 });

const chosen = PROVIDER_DEFENCES.filter(({ row }) => process.env.FAULTS === 'all' || ALWAYS.has(row));
const shown = table('Without a defence', new Map(chosen.map(({ what, row }) => [what, `→ ${row}`])), ['its row']);

let builds: Weakened;
beforeAll(() => {
  builds = weakened();
});
afterAll(() => builds.remove());

describe.concurrent('without the defence a row is red', () => {
  test.for(chosen.map((defence) => ({ defence, name: defence.what })))(
    '$name ($defence.row)',
    async ({ defence }, { project, startServer }) => {
      await shown.cell(defence.what, 'its row', async () => {
        const row = PROVIDER_ROWS.find(({ id }) => id === defence.row);
        if (!row) throw new Error(`there is no row ${defence.row}`);
        const cell = await makeCell(row, defence.role ?? 'model', { project, startServer });
        const red = await redness(cell, defence);
        expect(red).not.toBe('');
        return `(red: ${red})`;
      });
    },
  );
});

/** How a row fails without a defence; empty when it does not. */
async function redness(cell: Cell, defence: Defence): Promise<string> {
  const running = cell.made.start(cell.args, { ...cell.options, build: builds.without(defence) });
  if (defence.endless) {
    const ended = running.ended.then(() => 'it ended by itself');
    const first = await Promise.race([ended, beyondBounds(cell)]);
    running.kill('SIGKILL');
    await ended;
    expect(first).toBe('does not end by itself');
    return first;
  }
  const outcome = await running.ended;
  try {
    await expectCell(cell, outcome);
    return '';
  } catch (error) {
    const [line = ''] = String(error).split('\n', 1);
    // On a machine that is busy with other things anything may be late: that is no proof.
    if (line.includes('seconds beyond')) throw error;
    return line.slice(0, 100);
  }
}

/** Comes when a run must have ended, counted from its first request. */
async function beyondBounds(cell: Cell): Promise<string> {
  while (sinceStart(cell) === undefined) await pause(50);
  await pause((cell.row.within + allowance(cell)) * 1000);
  return 'does not end by itself';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
