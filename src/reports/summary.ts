import { forMarkdown } from '../trust/escape.js';
import type { EvalComparison, MetricComparison } from '../vocabulary.js';
import { byCase } from './by-case.js';
import { findingsOf, sentence } from './findings.js';
import { type Mark, markOf, openChecks } from './mark.js';
import type { Report, ReportInput } from './report.js';
import { reproduce } from './reproduce.js';
import { capped, deltaCell, evalName, flakyText, replayTexts, scoreCell, shortfallTexts, usageTexts } from './words.js';
import { countText, plural } from '../words.js';

/** GitHub takes 1 MiB of a job's summary and shows nothing of a larger one; people read far less. */
const WHOLE_FILE = 56_000;
const MOST_REASONS = 20;
const MOST_FAILURES = 20;
const LINE = 400;

/** `summary.md`: the verdict and what leads to it, for a pull request or a job's summary on GitHub. */
export const summary: Report = {
  file: 'summary.md',
  async *render(input) {
    const head = headLines(input).join('\n');
    const tail = [...failureLines(input), ...closingLines(input)].join('\n');
    const tables = evalTables(input, WHOLE_FILE - Buffer.byteLength(head) - Buffer.byteLength(tail));
    yield `${head}\n${tables}${tail}`;
  },
};

/**
 * Hostile text as one line of Markdown of at most so many bytes. It is cut before it is escaped, since half an escape could undo the
 * markup behind it; escaping may make it several times as long.
 */
function text(value: string, most = LINE): string {
  for (let room = most; ; room = Math.floor(room / 2)) {
    const escaped = forMarkdown(capped(value, room));
    if (room === 0 || Buffer.byteLength(escaped) <= most) return escaped;
  }
}

function headLines({ verdict, comparison, notes }: ReportInput): string[] {
  const { planned, completed, errored, skipped } = comparison.trials;
  const evals = plural(comparison.evals.length, 'eval');
  const trials = [`${countText(completed)} of ${plural(planned, 'trial')} completed`];
  if (errored > 0) trials.push(`${countText(errored)} errored`);
  if (skipped > 0) trials.push(`${countText(skipped)} skipped`);
  const lines = [`## assay: ${verdict.verdict}${verdict.incomplete ? ' (incomplete)' : ''}`, ''];
  for (const reason of verdict.reasons.slice(0, MOST_REASONS)) lines.push(`- ${text(reason)}`);
  const more = verdict.reasons.length - MOST_REASONS;
  if (more > 0) lines.push(`- ${more} more reasons: see report.json`);
  lines.push('', `${evals}, ${trials.join(', ')}; exit code ${verdict.exitCode}.`);
  for (const each of replayTexts(comparison, verdict)) lines.push('', `${text(each)}.`);
  for (const note of notes.slice(0, MOST_REASONS)) lines.push('', `Note: ${text(note)}`);
  if (notes.length > MOST_REASONS) lines.push('', `${notes.length - MOST_REASONS} more notes: see report.json`);
  return [...lines, ''];
}

/** Evals with an open check first: where there is no room for all, those are the ones to read. */
function evalTables({ comparison, verdict }: ReportInput, room: number): string {
  const marked = comparison.evals.map((evaluation) => ({
    evaluation,
    mark: markOf(evaluation, openChecks(evaluation, verdict.checks)),
  }));
  const isOpen = ({ mark }: { mark: Mark }) => mark.sign !== '✓';
  const inOrder = [...marked.filter(isOpen), ...marked.filter((each) => !isOpen(each))];
  let tables = '';
  for (const [index, { evaluation, mark }] of inOrder.entries()) {
    const table = `${evalLines(evaluation, mark).join('\n')}\n`;
    if (Buffer.byteLength(tables) + Buffer.byteLength(table) > room - 100) {
      return `${tables}${inOrder.length - index} more evals: see report.json\n\n`;
    }
    tables += table;
  }
  return tables;
}

const MOST_METRICS = 30;

function evalLines(evaluation: EvalComparison, { sign }: Mark): string[] {
  const { cases, metrics } = evaluation;
  const counts = [`${countText(cases.passed)} of ${plural(cases.total, 'case')} passed`, ...shortfallTexts(evaluation)];
  const rows = Object.entries(metrics);
  const lines = [
    `### ${text(evalName(evaluation), 200)}`,
    '',
    `${sign} ${[...counts, ...usageTexts(evaluation)].map((each) => text(each)).join(' · ')}`,
  ];
  if (rows.length > 0) {
    lines.push('', '| metric | baseline | run | change | 95 % interval | verdict |', '|---|--:|--:|--:|--:|---|');
    lines.push(...rows.slice(0, MOST_METRICS).map(metricRow));
    if (rows.length > MOST_METRICS) lines.push('', `${rows.length - MOST_METRICS} more metrics: see report.json`);
  }
  return [...lines, ...changeLines(evaluation), ''];
}

function metricRow([name, metric]: [string, MetricComparison]): string {
  const { mean, baseline, delta, ci, gated, verdict } = metric;
  // Over the paired cases where there is a baseline, so that the row adds up; else over all.
  const run = baseline === undefined || delta === undefined ? mean : baseline + delta;
  const cells = [
    gated ? `**${text(name, 100)}**` : text(name, 100),
    baseline === undefined ? '' : scoreCell(baseline),
    scoreCell(run),
    delta === undefined ? '' : deltaCell(delta),
    `${scoreCell(ci[0])} to ${scoreCell(ci[1])}`,
    verdict === 'regressed' && gated ? `**${verdict}**` : verdict,
  ];
  return `| ${cells.join(' | ')} |`;
}

function changeLines({ changes, folded, flakiness = [] }: EvalComparison): string[] {
  const quarantined = folded.filter((each) => each.quarantined).map((each) => each.case);
  const accepted = folded.filter((each) => each.accepted).map((each) => each.case);
  const kinds: [string, readonly string[]][] = [
    ['Newly failing', changes.newlyFailing],
    ['Newly passing', changes.newlyPassing],
    ['Flaky', flakiness.map(flakyText)],
    ['Failing as accepted', accepted],
    ['Quarantined', quarantined],
    ['Not compared', changes.unpaired.map((each) => `${each.case} (${each.reason})`)],
  ];
  return kinds.filter(([, cases]) => cases.length > 0).flatMap(([kind, cases]) => ['', `${kind}: ${listed(cases)}`]);
}

function listed(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).map((name) => text(name, 100));
  return shown.join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');
}

/** What went wrong with the first cases that fail and are neither accepted nor quarantined. */
function failureLines(input: ReportInput): string[] {
  const lines: string[] = [];
  let failing = 0;
  for (const evaluation of input.comparison.evals) {
    for (const { folded, trials } of byCase(input, evaluation)) {
      if (folded.outcome !== 'failed' || folded.accepted || folded.quarantined) continue;
      failing += 1;
      if (lines.length >= MOST_FAILURES) continue;
      const [first] = findingsOf(trials());
      const where = `${text(evalName(evaluation), 200)} ${text(folded.case, 100)}`;
      lines.push(`- ${where}${first ? `: ${text(sentence(first))}` : ''}`);
    }
  }
  if (lines.length === 0) return [];
  const more = failing > lines.length ? [`- ${failing - lines.length} more failing cases: see report.json`] : [];
  return ['### Failing cases', '', ...lines, ...more, ''];
}

function closingLines(input: ReportInput): string[] {
  const commands = reproduce(input);
  return commands.length === 0 ? [] : ['To reproduce:', '', '```sh', ...commands, '```', ''];
}
