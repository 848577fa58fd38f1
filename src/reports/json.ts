import { forJson } from '../trust/escape.js';
import type { EvalComparison, FoldedCase, MetricComparison } from '../vocabulary.js';
import type { Report, ReportInput } from './report.js';

/** `report.json`: everything, for programs. Streamed, one result per line, keys in the order of its schema. */
export const json: Report = {
  file: 'report.json',
  render: (input) => inBlocks(pieces(input)),
};

/** Large enough that writing is not the bottleneck, small enough that memory does not notice. */
const BLOCK = 64 * 1024;

async function* inBlocks(parts: Iterable<string>): AsyncGenerator<string> {
  let block = '';
  for (const part of parts) {
    block += part;
    if (block.length < BLOCK) continue;
    yield forJson(block);
    block = '';
  }
  if (block !== '') yield forJson(block);
}

function* pieces(input: ReportInput): Generator<string> {
  const { tool, comparison, verdict, notes } = input;
  const { id, startedAt, finishedAt, mode, git, configHash, shard } = comparison.run;
  const { planned, completed, errored, skipped } = comparison.trials;
  yield `{\n${members('  ', {
    schemaVersion: 1,
    tool: { name: tool.name, version: tool.version },
    verdict: verdict.verdict,
    exitCode: verdict.exitCode,
    incomplete: verdict.incomplete,
    reasons: verdict.reasons,
    run: {
      id,
      startedAt,
      finishedAt,
      mode,
      git: { commit: git.commit, branch: git.branch, dirty: git.dirty },
      configHash,
      shard: shard && { index: shard.index, count: shard.count },
    },
    trials: { planned, completed, errored, skipped },
  })},\n  "evals": [`;
  let first = true;
  for (const evaluation of comparison.evals) {
    yield first ? '\n' : ',\n';
    first = false;
    yield* evalPieces(input, evaluation);
  }
  const checks = verdict.checks.map(({ rule, level, status, message, prompt, model, metric, case: name }) =>
    JSON.stringify({ rule, level, status, message, prompt, model, metric, case: name }),
  );
  yield `${first ? '' : '\n  '}],\n  "gate": { "checks": ${list(checks, '    ', '  ')} }`;
  if (notes.length > 0) yield `,\n  "notes": ${JSON.stringify(notes)}`;
  yield '\n}\n';
}

function* evalPieces(input: ReportInput, evaluation: EvalComparison): Generator<string> {
  yield `    {\n${members('      ', evalFacts(evaluation))},\n      "results": [`;
  let first = true;
  const { prompt, model, folded } = evaluation;
  for (let at = 0; at < folded.length; at += 1) {
    for (const row of input.rows(prompt.id, model, at)) {
      yield `${first ? '' : ','}\n        ${row}`;
      first = false;
    }
  }
  yield `${first ? '' : '\n      '}]\n    }`;
}

/** All of `evals[]` but the results. An absent fact is undefined. */
export function evalFacts(evaluation: EvalComparison): Record<string, unknown> {
  const { prompt, model, replaces, baseline, judge, cases, cost, tokens, latency, graders, usage, pairedShare } =
    evaluation;
  return {
    prompt: { id: prompt.id, version: prompt.version, path: prompt.path, owner: prompt.owner },
    model,
    replaces,
    baseline: baseline && {
      version: baseline.version,
      commit: baseline.commit,
      date: baseline.date,
      judge: baseline.judge,
    },
    judge,
    replayed: evaluation.replayed,
    handWritten: evaluation.handWritten,
    cases: {
      total: cases.total,
      passed: cases.passed,
      failed: cases.failed,
      errored: cases.errored,
      skipped: cases.skipped,
    },
    cost: { usd: cost.usd, known: cost.known },
    tokens: { input: tokens.input, output: tokens.output, known: tokens.known },
    latency: { p50: latency.p50, p95: latency.p95 },
    graders: graders && { calls: graders.calls, cost: graders.cost, tokens: graders.tokens },
    usage: usage && Object.keys(usage).length > 0 ? usage : undefined,
    pairedShare,
    metrics: Object.fromEntries(
      Object.entries(evaluation.metrics).map(([name, metric]) => [name, metricFacts(metric)]),
    ),
    changes: changeFacts(evaluation),
  };
}

function metricFacts(metric: MetricComparison): MetricComparison {
  const { mean, ci, n, gated, baseline, delta, deltaCi, p, pAdjusted, mde, paired, settles, verdict } = metric;
  // An absent fact has no key: JSON leaves out what is undefined.
  return { mean, ci, n, gated, baseline, delta, deltaCi, p, pAdjusted, mde, paired, settles, verdict };
}

function changeFacts({ changes, folded, flakiness = [] }: EvalComparison): Record<string, unknown> {
  const { newlyFailing, newlyPassing, flaky, unpaired } = changes;
  const named = (which: (each: FoldedCase) => boolean) => folded.filter(which).map((each) => each.case);
  return {
    newlyFailing,
    newlyPassing,
    flaky,
    unpaired: unpaired.map(({ case: name, reason }) => ({ case: name, reason })),
    // What the names above leave out: whether a break is proven, and how flaky a case is.
    confirmed: named((each) => each.guard?.status === 'confirmed'),
    flakiness: flakiness.map(({ case: name, passed, trials, runs }) => ({ case: name, passed, trials, runs })),
    accepted: named((each) => each.accepted),
    quarantined: named((each) => each.quarantined),
  };
}

/** Members of an object, a line each; those without a value are left out. */
function members(indent: string, object: Record<string, unknown>): string {
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${indent}${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n');
}

function list(items: readonly string[], indent: string, end: string): string {
  return items.length === 0 ? '[]' : `[\n${items.map((item) => indent + item).join(',\n')}\n${end}]`;
}
