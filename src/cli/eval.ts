import { createReadStream } from 'node:fs';
import { EXIT } from '../exit-codes.js';
import type { Conclusion } from '../pipeline/conclude.js';
import { evaluate } from '../pipeline/evaluate.js';
import { renderTerminal } from '../reports/terminal.js';
import type { Screen, World } from '../world.js';
import { type EvalFlags, evalOptions, withEnvFile } from './flags.js';
import { listenForInterrupt } from './interrupt.js';
import { takesColor } from './paint.js';
import { progress } from './progress.js';

/** `assay eval`: runs, prints the verdict, returns the exit code. */
export async function evalCommand(paths: string[], flags: EvalFlags, outside: World): Promise<number> {
  const world = withEnvFile(outside, flags.envFile);
  const options = evalOptions(paths, flags, world);
  if (flags.dryRun) {
    const { dryRunCommand } = await import('./dry-run.js');
    return dryRunCommand(options, flags, world);
  }
  const interrupt = listenForInterrupt(world);
  const bar = progress(world);
  try {
    const conclusion = await evaluate(
      {
        ...options,
        signal: interrupt.signal,
        interruptedBy: interrupt.name,
        onPlanned: bar.planned,
        onResult: bar.result,
      },
      world,
    ).finally(bar.end);
    try {
      await print(conclusion, flags, world);
    } finally {
      conclusion.close();
    }
    return conclusion.verdict.exitCode;
  } finally {
    interrupt.release();
  }
}

async function print(conclusion: Conclusion, flags: EvalFlags, world: World): Promise<void> {
  const { files, input, redact, verdict } = conclusion;
  const report = files.get('report.json');
  if (flags.json && report !== undefined) {
    for await (const chunk of createReadStream(report, 'utf8')) world.stdout.write(String(chunk));
  } else {
    const screen = { color: takesColor(world.stdout, world.env), width: widthOf(world.stdout) };
    for await (const chunk of renderTerminal(input, screen)) world.stdout.write(redact(chunk));
  }
  if (verdict.exitCode === EXIT.interrupted || verdict.exitCode === EXIT.terminated) {
    world.stderr.write('The journal is kept. To continue: assay eval --resume, with the same flags\n');
  }
}

/** Columns to write for: a file or a pipe has no width, and long lines harm nobody there. */
function widthOf(screen: Screen): number {
  return screen.isTTY ? (screen.columns ?? 80) : 100;
}
