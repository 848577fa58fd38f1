import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectFiles } from '../../src/journal/project-files.js';

test('a file that cannot be let go of keeps no lock', async () => {
  const root = mkdtempSync(join(tmpdir(), 'project-files-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'folder'));
  const files = projectFiles((path) => join(root, path));
  await files.claim('a.jsonl');
  await files.claim('b.jsonl');
  // It is being opened still, and cannot be.
  const [appended, closed] = await Promise.allSettled([files.append('folder', 'a line'), files.close()]);
  expect([appended.status, closed.status]).toEqual(['rejected', 'rejected']);
  expect(existsSync(join(root, 'a.jsonl.lock'))).toBe(false);
  expect(existsSync(join(root, 'b.jsonl.lock'))).toBe(false);
});
