import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Line, readLines } from '../../src/journal/lines.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function linesOf(content: Buffer | string) {
  writeFileSync(join(folder, 'x'), content);
  const lines: Line[] = [];
  for await (const line of readLines(join(folder, 'x'))) lines.push(line);
  return lines;
}

test('law: lines put together are the file, and each lies where it says', async () => {
  const parts = fc.array(fc.constantFrom('\n', 'a', 'é', '😀', '\r', 'x'.repeat(70_000)), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(parts, async (pieces) => {
      const content = pieces.join('');
      const bytes = Buffer.from(content);
      const lines = await linesOf(bytes);
      expect(lines.map(({ text, complete }) => (complete ? `${text}\n` : text)).join('')).toBe(content);
      for (const { text, offset, length } of lines) {
        expect(bytes.toString('utf8', offset, offset + length)).toBe(text);
      }
    }),
    { numRuns: 50 },
  );
});

test('an empty file has no lines, and a last line without its end is told', async () => {
  expect(await linesOf('')).toEqual([]);
  expect((await linesOf('a\nb')).map((each) => each.complete)).toEqual([true, false]);
  expect((await linesOf('a\nb\n')).map((each) => each.complete)).toEqual([true, true]);
});
