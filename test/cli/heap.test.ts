import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BUILD } from '../support/project.js';

const HEAP = pathToFileURL(join(BUILD, 'cli/heap.js')).href;

/** The room for new objects, in MB, of a process that has made and dropped many of which some lived for a while. */
function newSpaceAfter(begin: string): number {
  const script = `${begin}
    import v8 from 'node:v8';
    import { setTimeout } from 'node:timers/promises';
    for (let round = 0; round < 25; round += 1) {
      let kept = [];
      for (let at = 0; at < 1e5; at += 1) kept.push({ at });
      await setTimeout(60);
    }
    console.log(v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size);`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return Number(text) / 2 ** 20;
}

describe('the heap of the command', () => {
  it('keeps its room for new objects where V8 would widen it', () => {
    expect(newSpaceAfter('')).toBeGreaterThan(8);
    expect(newSpaceAfter(`import { keepHeapSmall } from ${JSON.stringify(HEAP)}; keepHeapSmall();`)).toBeLessThan(4);
  });

  it('widens it once for many trials, and no further', () => {
    const begin = `import { keepHeapSmall, widenHeap } from ${JSON.stringify(HEAP)}; keepHeapSmall(); widenHeap();`;
    const room = newSpaceAfter(begin);
    expect(room).toBeGreaterThanOrEqual(8);
    expect(room).toBeLessThanOrEqual(16);
  });
});
