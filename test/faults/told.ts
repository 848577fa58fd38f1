import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectReports } from '../cli/report.js';
import { CANARY, expectNoSecret } from '../support/canary.js';
import type { Project } from '../support/project.js';
import type { Mistake } from './mistake.js';
import { endedWithin, startTimed } from './timing.js';

/** Runs the command, and holds it to what is right: nothing called and no report after a mistake, sound reports otherwise. */
export async function expectTold(made: Project, mistake: Mistake): Promise<void> {
  const { flags = [], code = 2, within = 0, says, files, links = {} } = mistake;
  for (const [file, text] of Object.entries(files)) if (text === 'UTF-16') writeFileSync(join(made.root, file), UTF_16);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(made.root, path));
  const outcome = await endedWithin(
    startTimed(made, ['eval', ...flags], { env: { ANTHROPIC_API_KEY: CANARY } }),
    within,
  );
  expectNoSecret(made, outcome);
  const said = `${outcome.stdout}\n${outcome.stderr}`;
  for (const words of says) expect(said).toMatch(words);
  expect(outcome.code, said).toBe(code);
  expect(said).not.toMatch(/defect of assay|\n +at /);
  if (code === 2) expect(made.has('reports/report.json')).toBe(false);
  else if (made.has('reports/report.json')) expectReports(made, outcome);
  else expect(code === 3 || flags.includes('--dry-run')).toBe(true);
}

const UTF_16 = Buffer.from('\uFEFFcases: []', 'utf16le');
