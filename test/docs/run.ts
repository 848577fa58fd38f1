import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/cli/run.js';
import { processWorld, type World } from '../../src/world.js';
import type { Outcome, RunReport } from '../support/project.js';

/** What `--help` says of the whole command line, command by command. */
export async function allHelp(): Promise<string> {
  const { stdout } = await assay(process.cwd(), ['--help']);
  const names = [...stdout.matchAll(/^ {2}([a-z]+)(?: |$)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  const texts = await Promise.all(names.map((name) => assay(process.cwd(), [name, '--help'])));
  return [stdout, ...texts.map((each) => each.stdout)].join('\n');
}

/** Runs the command line in this process: faster than a process of its own, and examples have little to break in one. */
export async function assay(
  root: string,
  args: readonly string[],
  env: Record<string, string> = {},
  more: Partial<World> = {},
): Promise<Pick<Outcome, 'code' | 'stdout' | 'stderr' | 'report'>> {
  const texts = { stdout: '', stderr: '' };
  const screen = (name: keyof typeof texts) => ({ write: (text: string) => (texts[name] += text) });
  const path = process.env['PATH'] ?? process.env['Path'] ?? '';
  const real = processWorld();
  const world = {
    ...real,
    cwd: root,
    env: { PATH: path, ...env },
    stdout: screen('stdout'),
    stderr: screen('stderr'),
    // Back-offs pass fifty times as fast; the time limit of an attempt stays.
    sleep: (ms: number, signal?: AbortSignal) => real.sleep(ms < 30_000 ? ms / 50 : ms, signal),
    ...more,
  };
  const code = await run(args, world);
  const file = join(root, 'reports/report.json');
  if (!existsSync(file)) return { code, ...texts };
  const report: RunReport = JSON.parse(readFileSync(file, 'utf8'));
  return { code, ...texts, report };
}
