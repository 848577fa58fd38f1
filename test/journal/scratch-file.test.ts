import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { scratchFile } from '../../src/journal/scratch-file.js';

const folder = mkdtempSync(join(tmpdir(), 'assay-scratch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (value: number) => new Uint8Array(100_000).fill(value);

describe('a scratch file', () => {
  it('gives back what was written, in any order, and leaves no file', () => {
    const scratch = scratchFile(folder);
    expect(scratch.write(bytes(1), 300_000)).toBe(true);
    expect(scratch.write(bytes(2), 0)).toBe(true);
    expect(scratch.write(bytes(3), 300_000)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    const found = bytes(0);
    scratch.read(found, 0);
    expect(found.every((byte) => byte === 2)).toBe(true);
    scratch.read(found, 300_000);
    expect(found.every((byte) => byte === 3)).toBe(true);
  });

  it('is not made before it is needed, and takes nothing where it cannot be made', () => {
    const scratch = scratchFile(join(folder, 'none'));
    expect(scratch.write(bytes(1), 0)).toBe(false);
  });

  it('says so when what was written is not there', () => {
    const scratch = scratchFile(folder);
    scratch.write(bytes(1), 0);
    expect(() => scratch.read(bytes(0), 50_000)).toThrow(/ended early/);
    expect(() => scratchFile(join(folder, 'none')).read(bytes(0), 0)).toThrow(UserError);
  });
});
