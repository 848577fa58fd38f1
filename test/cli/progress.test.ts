import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { progress } from '../../src/cli/progress.js';
import type { TrialResult } from '../../src/vocabulary.js';
import { processWorld } from '../../src/world.js';
import { BUILD } from '../support/project.js';

const DONE = { status: 'completed', pass: true } as TrialResult;

/** A progress on a clock that a test moves, second by second, and what it has written. */
function begun({ isTTY = false } = {}) {
  const written: string[] = [];
  const timers = new Set<{ ms: number; act: () => void }>();
  let seconds = 0;
  const bar = progress({
    ...processWorld(),
    env: {},
    stderr: { isTTY, write: (text) => written.push(text) },
    now: () => seconds * 1000,
    every(ms, act) {
      const timer = { ms, act };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  const pass = (count: number) => {
    for (const until = seconds + count; seconds < until; ) {
      seconds += 1;
      for (const { ms, act } of timers) if ((seconds * 1000) % ms === 0) act();
    }
  };
  return { bar, pass, written, timers, taken: () => written.splice(0) };
}

describe('without a terminal', () => {
  it('says that no trial ends, after half a minute and every half minute', () => {
    const { bar, pass, taken } = begun();
    pass(40);
    bar.planned(300);
    pass(29);
    expect(taken()).toEqual([]);
    pass(1);
    expect(taken()).toEqual(['0/300 trials, 0 failing, none ended for 30 s\n']);
    pass(60);
    expect(taken()).toEqual([
      '0/300 trials, 0 failing, none ended for 60 s\n',
      '0/300 trials, 0 failing, none ended for 90 s\n',
    ]);
  });

  it('begins to count anew with each trial that ends', () => {
    const { bar, pass, taken } = begun();
    bar.planned(3);
    pass(20);
    bar.result(DONE);
    pass(29);
    expect(taken()).toEqual(['1/3 trials, 0 failing, about 40 s left\n']);
    pass(1);
    expect(taken()).toEqual([expect.stringMatching(/^1\/3 trials, 0 failing, .*, none ended for 30 s\n$/)]);
  });

  it('says nothing once all have ended, or after its end', () => {
    const { bar, pass, written, timers } = begun();
    bar.planned(1);
    bar.result(DONE);
    pass(100);
    bar.planned(1);
    bar.end();
    pass(100);
    expect(written).toEqual([]);
    expect(timers.size).toBe(0);
  });
});

describe('on a terminal', () => {
  it('moves while no trial ends, and is wiped', () => {
    const { bar, pass, taken } = begun({ isTTY: true });
    bar.planned(300);
    pass(6);
    const lines = taken();
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe('\r\u001b[K0/300 trials, 0 failing');
    expect(lines[5]).toBe('\r\u001b[K0/300 trials, 0 failing, none ended for 6 s');
    bar.end();
    expect(taken()).toEqual(['\r\u001b[K']);
    pass(10);
    expect(taken()).toEqual([]);
  });
});

it('keeps no process alive', () => {
  const code = `const [{ progress }, { processWorld }] = await Promise.all(['cli/progress.js', 'world.js'].map((file) => import(process.argv[1] + file)));
    progress(processWorld()).planned(1);`;
  const folder = `file://${join(BUILD, '/')}`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code, folder], {
    timeout: 20_000,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
});
