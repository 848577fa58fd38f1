import type { Comparison, EvalComparison, Verdict } from '../vocabulary.js';
import { type Ink, inkFor, type Meaning, oneLine } from './ink.js';
import type { ReportInput } from './report.js';
import { evalBlock } from './terminal-eval.js';
import { failureBlocks } from './terminal-failures.js';
import { wrapped } from './width.js';
import { replayTexts, usageTexts } from './words.js';
import { countText, plural } from '../words.js';

/** The screen that a report is written for. */
export interface Screen {
  color: boolean;
  /** Columns; fewer than 40 are taken for 40. */
  width: number;
}

/**
 * The report on a terminal: a block per eval, the first failures with expected and actual text, and the verdict last. Nothing a
 * model wrote reaches the terminal as anything but text.
 */
export async function* renderTerminal(input: ReportInput, screen: Screen): AsyncGenerator<string> {
  const ink = inkFor(screen.color);
  const width = Math.max(40, screen.width);
  for (const evaluation of input.comparison.evals) {
    yield `${evalBlock(evaluation, input, ink, width).join('\n')}\n`;
  }
  for await (const block of failureBlocks(input, ink, width)) yield `\n${block.join('\n')}\n`;
  const closing = closingLines(input, ink, width);
  yield `${input.comparison.evals.length > 0 ? '\n' : ''}${closing.join('\n')}\n`;
}

const MEANING: Record<Verdict['verdict'], Meaning> = { passed: 'good', failed: 'bad', unverified: 'doubtful' };
const MOST_REASONS = 20;

function closingLines(input: ReportInput, ink: Ink, width: number): string[] {
  const { comparison, verdict, notes } = input;
  const lines = notes.flatMap((note) => hanging('note: ', note, width).map((line) => ink(line, 'aside')));
  if (comparison.evals.length > 1) lines.push(...totalLines(comparison, ink, width));
  for (const each of replayTexts(comparison, verdict)) {
    lines.push(...hanging('', each, width).map((line) => ink(line, 'doubtful')));
  }
  for (const reason of verdict.reasons.slice(0, MOST_REASONS)) {
    const warning = reason.startsWith('warning: ') || verdict.verdict === 'passed';
    lines.push(...hanging('• ', reason, width).map((line) => ink(line, warning ? 'aside' : MEANING[verdict.verdict])));
  }
  const more = verdict.reasons.length - MOST_REASONS;
  if (more > 0) lines.push(ink(`• ${more} more reasons: see report.json`));
  return [...lines, ...verdictLines(input, ink, width)];
}

function totalLines({ evals }: Comparison, ink: Ink, width: number): string[] {
  const graders = evals.flatMap((each) => each.graders ?? []);
  const texts = usageTexts({
    ...totalOf(evals),
    latency: {},
    ...(graders.length > 0 && { graders: { calls: sumOf(graders, ({ calls }) => calls), ...totalOf(graders) } }),
  });
  return hanging('total: ', texts.join(' · '), width).map((line) => ink(line, 'aside'));
}

function totalOf(parts: readonly Pick<EvalComparison, 'cost' | 'tokens'>[]): Pick<EvalComparison, 'cost' | 'tokens'> {
  return {
    cost: { usd: sumOf(parts, ({ cost }) => cost.usd), known: parts.every(({ cost }) => cost.known) },
    tokens: {
      input: sumOf(parts, ({ tokens }) => tokens.input),
      output: sumOf(parts, ({ tokens }) => tokens.output),
      known: parts.every(({ tokens }) => tokens.known),
    },
  };
}

function sumOf<T>(parts: readonly T[], part: (each: T) => number): number {
  return parts.reduce((total, each) => total + part(each), 0);
}

function verdictLines({ comparison, verdict }: ReportInput, ink: Ink, width: number): string[] {
  const { planned, completed, errored, skipped } = comparison.trials;
  const counts = [plural(comparison.evals.length, 'eval'), `${countText(completed)} of ${plural(planned, 'trial')}`];
  if (errored > 0) counts.push(`${countText(errored)} errored`);
  if (skipped > 0) counts.push(`${countText(skipped)} skipped`);
  const word = `${verdict.verdict}${verdict.incomplete ? ' (incomplete)' : ''}`;
  const rest = ` · ${counts.join(' · ')} · exit ${verdict.exitCode}`;
  // Words of our own: they need no column in reserve.
  const [first = '', ...others] = wrapped(`${word}${rest}`, width + 1);
  return [
    ink(first.slice(0, word.length), MEANING[verdict.verdict]) + ink(first.slice(word.length)),
    ...others.map((line) => ink(line)),
  ];
}

/** A text in lines, those after the first indented. */
function hanging(mark: string, text: string, width: number): string[] {
  const lines = wrapped(oneLine(text), width - Math.max(2, mark.length));
  return lines.map((line, index) => (index === 0 ? mark : '  ') + line);
}
