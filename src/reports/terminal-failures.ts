import { forTerminal } from '../trust/escape.js';
import type { EvalComparison, FoldedCase, ScoreDetail } from '../vocabulary.js';
import { byCase, type CaseResults } from './by-case.js';
import { type Finding, findingsOf, sentence } from './findings.js';
import { type Ink, oneLine } from './ink.js';
import type { ReportInput } from './report.js';
import { cut, wrapped } from './width.js';
import { evalName } from './words.js';

const MOST_CASES = 10;
const MOST_FINDINGS = 3;
const MOST_DIFF_LINES = 12;
/** Longer texts are cut before they are compared: a screen shows no more, and comparing takes time. */
const MOST_TEXT = 4000;

/**
 * The first cases that fail or could not be scored, a block each; the last block says how many more fail. Trouble with a provider is
 * told once per eval, not here.
 */
export async function* failureBlocks(input: ReportInput, ink: Ink, width: number): AsyncGenerator<string[]> {
  let shown = 0;
  let more = 0;
  for (const evaluation of input.comparison.evals) {
    for (const results of byCase(input, evaluation)) {
      if (!mayBeTold(results.folded)) continue;
      if (shown < MOST_CASES && results.trials().some((trial) => trial.status === 'completed')) {
        yield await caseBlock(results, evaluation, ink, width);
        shown += 1;
      } else if (results.folded.outcome === 'failed') {
        more += 1;
      }
    }
  }
  if (more > 0) yield [ink(`${more} more failing ${more === 1 ? 'case' : 'cases'}: see report.json`)];
}

function mayBeTold({ outcome, accepted, quarantined }: FoldedCase): boolean {
  return (outcome === 'failed' || outcome === 'errored') && !accepted && !quarantined;
}

async function caseBlock(
  { folded, trials }: CaseResults,
  evaluation: EvalComparison,
  ink: Ink,
  width: number,
): Promise<string[]> {
  const confirmed = folded.guard?.status === 'confirmed' ? ', confirmed' : '';
  const newly = evaluation.changes.newlyFailing.includes(folded.case) ? `, newly failing${confirmed}` : '';
  const title = `${oneLine(evalName(evaluation))} ${oneLine(folded.case)}${folded.critical ? ', critical' : ''}${newly}`;
  const mark = folded.outcome === 'failed' ? ink('✗', 'bad') : ink('?', 'doubtful');
  const lines = wrapped(cut(title, width * 3), width - 2).map(
    (line, index) => `${index === 0 ? mark : ' '} ${ink(line, 'title')}`,
  );
  const findings = findingsOf(trials());
  for (const finding of findings.slice(0, MOST_FINDINGS)) lines.push(...(await findingLines(finding, ink, width)));
  const more = findings.length - MOST_FINDINGS;
  return more > 0 ? [...lines, ink(`    ${more} more`, 'aside')] : lines;
}

async function findingLines(finding: Finding, ink: Ink, width: number): Promise<string[]> {
  const lines = wrapped(cut(oneLine(sentence(finding)), width * 4), width - 4).map((line) => ink(`    ${line}`));
  if (finding.detail) return [...lines, ...(await diffLines(finding.detail, ink, width))];
  const output = oneLine((finding.output ?? '').slice(0, MOST_TEXT));
  return output === '' ? lines : [...lines, ink(cut(`      output: ${output}`, width), 'aside')];
}

/** Expected and actual text line by line: `-` was expected, `+` was got. */
async function diffLines({ expected, actual }: ScoreDetail, ink: Ink, width: number): Promise<string[]> {
  const { diffLines: compareLines } = await import('diff');
  const parts = compareLines(ended(expected), ended(actual));
  const lines = parts.flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => {
        const mark = added ? '+' : removed ? '-' : ' ';
        // Made safe before it is cut: half a terminal sequence would look like text.
        const text = cut(`      ${mark} ${forTerminal(line).replaceAll('\t', ' ')}`, width);
        return ink(text, added ? 'bad' : removed ? 'good' : 'aside');
      }),
  );
  const more = lines.length - MOST_DIFF_LINES;
  return more > 0 ? [...lines.slice(0, MOST_DIFF_LINES), ink(`      ${more} more lines`, 'aside')] : lines;
}

/** A text as whole lines, so that a missing last line feed is no difference. */
function ended(text: string): string {
  const shown = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
  return `${shown.replace(/\r\n?/g, '\n').replace(/\n$/, '')}\n`;
}
