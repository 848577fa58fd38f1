import type { JsonObject, Score, TrialId, TrialResult } from '../vocabulary.js';

/**
 * A result as the row of `results[]` in `report.json`: flat, keys in the order of its schema. Prompt and model are those of its eval,
 * and are left out; so are the texts beside scores, which a report for programs has no use for.
 */
export function rowText(result: TrialResult): string {
  return JSON.stringify(rowOf(result));
}

/** JSON leaves out what is undefined. Written out key by key: an object with as many spread into it takes five times as long. */
function rowOf(result: TrialResult): Record<string, unknown> {
  const { input, asserts, group, quarantine } = result.content ?? {};
  const content = result.content && { input, asserts, group, quarantine };
  const { case: id, repeat, status } = result;
  if (result.status === 'skipped') return { case: id, repeat, status, content, reason: result.reason };
  if (result.status === 'errored') {
    const { failure, attempts } = result;
    const { kind, message, status: code } = failure;
    return { case: id, repeat, status, content, failure: { kind, message, status: code }, attempts };
  }
  const { completion } = result;
  return {
    case: id,
    repeat,
    status,
    content,
    pass: result.pass,
    score: result.score,
    scores: result.scores.map(scoreFacts),
    output: completion.output,
    toolCalls: completion.toolCalls,
    finishReason: completion.finishReason,
    finishDetail: completion.finishDetail,
    refusal: completion.refusal,
    usage: completion.usage,
    latencyMs: completion.latencyMs,
    firstTokenMs: completion.firstTokenMs,
    answeredBy: completion.answeredBy,
    costUsd: completion.costUsd,
    source: result.source,
    handWritten: result.handWritten,
    attempts: result.attempts,
    graders: result.graders,
  };
}

function scoreFacts(score: Score): Record<string, unknown> {
  const { status, type, metric, reason, level, weight } = score;
  if (status === 'unscored') return { status, type, metric, reason, level, weight };
  return { status, type, metric, value: score.value, pass: score.pass, reason, level, weight };
}

/**
 * The result that a row was written from. What the row holds beyond its name and status is taken as it is: whoever reads a file that
 * we did not just write has it checked against the schema before.
 */
export function resultOfRow(row: JsonObject, { prompt, model }: Pick<TrialId, 'prompt' | 'model'>): TrialResult {
  if (row.status !== 'completed') return { ...row, prompt, model } as unknown as TrialResult;
  const { output, toolCalls, finishReason, finishDetail, refusal, ...others } = row;
  const { usage, latencyMs, firstTokenMs, answeredBy, costUsd, ...rest } = others;
  const said = { output, toolCalls, finishReason, finishDetail, refusal };
  const completion = present({ ...said, usage, latencyMs, firstTokenMs, answeredBy, costUsd });
  return { ...rest, prompt, model, scores: row.scores ?? [], completion } as unknown as TrialResult;
}

/** Absent is not there, rather than there and undefined. */
function present(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
