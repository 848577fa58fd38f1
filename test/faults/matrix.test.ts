import { afterAll, describe, expect, vi } from 'vitest';
import { type Cell, expectCell, type Family, makeCell, type Role, type Row } from './cell.js';
import { ROWS } from './rows.js';
import { test } from '../cli/test.js';

// Most of a cell's time is spent waiting.
vi.setConfig({ maxConcurrency: 10 });

const COLUMNS: readonly (readonly [Family, Role])[] = [
  ['openai', 'model'],
  ['openai', 'judge'],
  ['anthropic', 'model'],
  ['anthropic', 'judge'],
];

const CELLS = ROWS.flatMap((row) =>
  COLUMNS.map(([family, role]) => ({ row, family, role, name: nameOf(row, family, role) })),
);
const verdicts = new Map<string, string>();

describe.concurrent('the fault matrix', () => {
  test.for(CELLS)('$name: $row.fault', async ({ row, family, role, name }, { project, startServer }) => {
    verdicts.set(name, 'RED');
    const cell = await makeCell(row, family, role, { project, startServer });
    const outcome = await cell.made.assay(cell.args, { env: cell.env });
    expectCell(row, role, cell, outcome);
    verdicts.set(name, `exit ${outcome.code}, ${cell.server.requests.length} req`);
  });
});

describe.concurrent('without its defence a row is red: the run does not end by itself', () => {
  test.for<[string, string[]]>([
    ['P3', ['--max-wait', '596h']],
    ['P13', ['--timeout', '10m']],
    ['P14a', ['--idle-timeout', '10m', '--timeout', '10m']],
    ['P14b', ['--timeout', '10m']],
  ])('%s', async ([id, flags], { project, startServer }) => {
    const row = ROWS.find((each) => each.id === id);
    if (!row) throw new Error(`there is no row ${id}`);
    const cell: Cell = await makeCell({ ...row, flags }, 'openai', 'model', { project, startServer });
    const running = cell.made.start(cell.args, { env: cell.env });
    let ended = false;
    const end = running.ended.then(() => {
      ended = true;
      return undefined;
    });
    for (let waited = 0; cell.server.requests.length === 0 && waited < 60_000; waited += 100) await pause(100);
    await pause((row.within + 2) * 1000);
    expect(ended).toBe(false);
    running.kill('SIGKILL');
    await end;
  });
});

afterAll(() => {
  const head = ['', ...COLUMNS.map(([family, role]) => `${family} ${role}`)];
  const rows = ROWS.map((row) => [
    `${row.id} ${row.fault}`,
    ...COLUMNS.map(([family, role]) => verdicts.get(nameOf(row, family, role)) ?? 'not run'),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const lines = [head, ...rows].map((columns) => columns.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  '));
  console.log(`fault matrix\n${lines.join('\n')}`);
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function nameOf(row: Row, family: Family, role: Role): string {
  return `${row.id} ${family} ${role}`;
}
