import { createReadStream } from 'node:fs';
import { isInterrupted } from '../exit-codes.js';
import type { Conclusion } from '../pipeline/conclude.js';
import { commandOf } from '../reports/reproduce.js';
import { renderTerminal } from '../reports/terminal.js';
import { forTerminal } from '../trust/escape.js';
import type { Screen, World } from '../world.js';
import { columnsOf } from './columns.js';
import { takesColor } from './paint.js';

/**
 * Prints how a run ended: the terminal's report, or report.json and nothing else. Where that could not be written, standard output
 * stays empty and standard error has the terminal's.
 * @param again the words behind `assay eval` that continue the run, were it interrupted
 */
export async function printConclusion(
  conclusion: Conclusion,
  json: boolean,
  world: World,
  again: readonly string[] = [],
): Promise<void> {
  const { files, input, redact, verdict } = conclusion;
  const report = files.get('report.json');
  if (json && report !== undefined) {
    for await (const chunk of createReadStream(report, 'utf8')) await put(String(chunk), world.stdout);
  } else {
    const to = json ? world.stderr : world.stdout;
    const screen = { color: takesColor(to, world.env), width: columnsOf(to) };
    for await (const chunk of renderTerminal(input, screen)) await put(redact(chunk), to);
  }
  if (isInterrupted(verdict.exitCode)) {
    const command = again.length > 0 ? commandOf(again) : undefined;
    const way = command === undefined ? 'assay eval --resume, with the same flags' : redact(command);
    world.stderr.write(forTerminal(`The journal is kept. To continue: ${way}\n`));
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
