import { createReadStream } from 'node:fs';
import { EXIT } from '../exit-codes.js';
import type { Conclusion } from '../pipeline/conclude.js';
import { renderTerminal } from '../reports/terminal.js';
import type { Screen, World } from '../world.js';
import { columnsOf } from './columns.js';
import { takesColor } from './paint.js';

/** Prints how a run ended: the terminal's report, or report.json and nothing else. */
export async function printConclusion(conclusion: Conclusion, json: boolean, world: World): Promise<void> {
  const { files, input, redact, verdict } = conclusion;
  const report = files.get('report.json');
  if (json && report !== undefined) {
    for await (const chunk of createReadStream(report, 'utf8')) await put(String(chunk), world.stdout);
  } else {
    const screen = { color: takesColor(world.stdout, world.env), width: columnsOf(world.stdout) };
    for await (const chunk of renderTerminal(input, screen)) await put(redact(chunk), world.stdout);
  }
  if (verdict.exitCode === EXIT.interrupted || verdict.exitCode === EXIT.terminated) {
    world.stderr.write('The journal is kept. To continue: assay eval --resume, with the same flags\n');
  }
}

/** Writes, and waits while the reader is slower: a report may be larger than memory. A reader that went away is not waited for. */
async function put(text: string, screen: Screen): Promise<void> {
  if (screen.write(text) !== false || !screen.on || screen.destroyed) return;
  await new Promise<void>((resolve) => {
    const events = ['drain', 'close', 'error'] as const;
    const done = () => {
      for (const event of events) screen.off?.(event, done);
      resolve();
    };
    for (const event of events) screen.on?.(event, done);
  });
}
