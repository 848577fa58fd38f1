import { describe, expect, vi } from 'vitest';
import { test } from '../cli/test.js';
import { type AtEnd, project } from '../support/project.js';
import { expectCell, makeCell, type Tools } from './cell.js';
import { INPUT_DEFENCES } from './defences/input.js';
import { PROCESS_DEFENCES } from './defences/process.js';
import { PROVIDER_DEFENCES } from './defences/provider.js';
import { INPUT } from './rows/input.js';
import { PROCESS_ROWS } from './rows/process.js';
import { PROVIDER_ROWS } from './rows/provider.js';
import { table } from './table.js';
import { expectTold } from './told.js';
import { watched } from './watched.js';
import { type Defence, weakened, without } from './weakened.js';

vi.setConfig({ maxConcurrency: 6, testTimeout: 240_000 });

/** So many controls are part of every run of the tests; all of them of `npm run faults`. */
const ALWAYS = new Set(['P6a', 'P13', 'P14a', 'P18', 'P23', 'P36', 'X15b', 'R13', 'I3', 'I12']);

const ALL = [...PROVIDER_DEFENCES, ...PROCESS_DEFENCES, ...INPUT_DEFENCES];
const chosen = ALL.filter(({ row }) => process.env.FAULTS === 'all' || ALWAYS.has(row));
const shown = table('Without a defence', new Map(chosen.map(({ what, row }) => [what, `→ ${row}`])), ['its row']);

// Most controls run now and then only: that each still takes a defence away is seen at once.
test('each control finds its defence in the build', () => {
  for (const defence of ALL) weakened(defence);
});

describe.concurrent('without the defence a row is red', () => {
  test('and with all of them green, in a copy of the build, too', async ({ startServer, onTestFinished }) => {
    const none: Defence = { what: 'nothing', edits: [], row: 'P0' };
    for (const row of ['P0', 'X16', 'I0']) {
      expect(await redness({ ...none, row }, without(none, onTestFinished), startServer, onTestFinished)).toBe('');
    }
  });

  test.for(chosen.map((defence) => ({ defence, name: defence.what })))(
    '$name ($defence.row)',
    async ({ defence }, { startServer, onTestFinished }) => {
      await shown.cell(defence.what, 'its row', async () => {
        const build = without(defence, onTestFinished);
        const red = await redness(defence, build, startServer, onTestFinished);
        expect(red).not.toBe('');
        return `(red: ${red})`;
      });
    },
  );
});

/** How a row fails without a defence; empty when it does not. */
async function redness(
  defence: Defence,
  build: string,
  startServer: Tools['startServer'],
  atEnd: AtEnd,
): Promise<string> {
  const made: Tools['project'] = (files) => project(files, atEnd, build);
  const row = PROVIDER_ROWS.find(({ id }) => id === defence.row);
  const scenario = PROCESS_ROWS.find(({ id }) => id === defence.row);
  const input = INPUT.find(({ id }) => id === defence.row);
  if (row) {
    const cell = await makeCell(row, defence.role ?? 'model', { project: made, startServer });
    return failureOf(defence, () => expectCell(cell));
  }
  if (scenario) {
    return failureOf(defence, () => scenario.run(watched(scenario, atEnd, build)));
  }
  if (!input) throw new Error(`there is no row ${defence.row}`);
  return failureOf(defence, async () => {
    for (const mistake of input.tries) await expectTold(made(mistake.files), mistake);
  });
}

/** What is found wrong, in words. On a machine that is busy with other things anything may be late: that is no proof. */
async function failureOf({ endless = false }: Pick<Defence, 'endless'>, act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return '';
  } catch (error) {
    const [line = ''] = String(error).split('\n', 1);
    if (line.includes('did not end by itself') && !endless) throw error;
    return line.slice(0, 100);
  }
}
