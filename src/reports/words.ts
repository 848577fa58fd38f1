import type { Comparison, EvalComparison, Flakiness, Verdict } from '../vocabulary.js';
import { countText, deltaText, listed, plural } from '../words.js';

/** A score for a column of them: always three decimals. */
export function scoreCell(value: number): string {
  return value.toFixed(3);
}

/** A change for a column of them. */
export function deltaCell(value: number): string {
  const size = Math.abs(value);
  if (size < 1e-9) return '0';
  return size < 0.0005 ? deltaText(value) : `${value < 0 ? '−' : '+'}${scoreCell(size)}`;
}

/** Milliseconds in a unit fit to read. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Number((ms / 60_000).toPrecision(3))} min`;
}

/** US dollars: three digits that count, cents once there are dollars. */
export function moneyText(usd: number): string {
  return `$${usd >= 1 ? usd.toFixed(2) : Number(usd.toPrecision(3))}`;
}

/** Names an eval: `<prompt id> [<model>]`. */
export function evalName(evaluation: { prompt: { id: string }; model: string }): string {
  return `${evaluation.prompt.id} [${evaluation.model}]`;
}

/** The cases of an eval that did not pass, in words: a failure that the baseline has too is told apart, as it blocks nothing. */
export function shortfallTexts({ cases, folded }: Pick<EvalComparison, 'cases' | 'folded'>): string[] {
  const accepted = folded.filter((each) => each.accepted).length;
  const counts: [number, string][] = [
    [cases.failed - accepted, 'failed'],
    [accepted, 'failed as accepted'],
    [cases.errored, 'errored'],
    [cases.skipped, 'skipped'],
  ];
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${countText(count)} ${what}`);
}

/** What an eval used, in words; what is not known is said to be so. */
export function usageTexts(used: Pick<EvalComparison, 'cost' | 'tokens' | 'latency' | 'graders'>): string[] {
  const { cost, tokens, latency, graders } = used;
  const texts = [priceText(cost), tokensText(tokens)];
  if (latency.p50 !== undefined && latency.p95 !== undefined) {
    texts.push(`p50 ${durationText(latency.p50)}`, `p95 ${durationText(latency.p95)}`);
  }
  if (graders) texts.push(`graders: ${priceText(graders.cost)} for ${plural(graders.calls, 'call')}`);
  return texts;
}

function tokensText({ input, output, known }: EvalComparison['tokens']): string {
  if (!known && input + output === 0) return 'tokens not known';
  return `${countText(input)} + ${countText(output)} tokens${known ? '' : ' known'}`;
}

/** How much more or less an answer takes than before; nothing where nothing changed. */
export function usageChangeTexts({ usage = {} }: Pick<EvalComparison, 'usage'>): string[] {
  const texts = Object.entries(usage).flatMap(([name, { increase = 0 }]) => {
    const percent = (100 * Math.abs(increase)).toFixed(1).replace('.0', '');
    return percent === '0' ? [] : [`${name} ${increase < 0 ? '−' : '+'}${percent} %`];
  });
  return texts.length === 0 ? [] : [`per answer: ${texts.join(', ')}`];
}

function priceText({ usd, known }: EvalComparison['cost']): string {
  if (known) return moneyText(usd);
  return usd > 0 ? `${moneyText(usd)} known` : 'cost not known';
}

/** The first `most` bytes of a text in UTF-8, whole characters only, with a mark that says how much is missing. */
export function capped(text: string, most: number): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= most) return text;
  const mark = (kept: number) => ` [truncated ${bytes - kept} bytes]`;
  const room = Math.max(0, most - mark(0).length);
  const kept = Buffer.from(text)
    .subarray(0, room)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return kept + mark(Buffer.byteLength(kept));
}

/** A case that does not always give the same outcome, with how often it passed. */
export function flakyText({ case: name, passed, trials, runs }: Flakiness): string {
  return `${name} (passed ${passed} of ${trials}${runs > 1 ? ` in ${runs} runs` : ''})`;
}

const WORTH: Record<Verdict['verdict'], string> = {
  passed: 'pass',
  failed: 'do not pass',
  unverified: 'are not enough to tell',
};

/** What a verdict over recordings is worth, in words; none where every answer was called for or computed. */
export function replayTexts({ run, evals }: Comparison, { verdict }: Pick<Verdict, 'verdict'>): string[] {
  if (!evals.some((each) => each.replayed)) return [];
  const what = run.mode === 'replay' ? 'replayed' : 'replayed in part';
  const asked = run.mode === 'replay' ? '; no model was asked' : '';
  const texts = [`${what}: these recordings ${WORTH[verdict]}${asked}`];
  const samples = evals.filter((each) => each.handWritten).map(evalName);
  const which = samples.length === evals.length ? 'all of them' : listed(samples, 3);
  if (samples.length > 0) texts.push(`hand-written samples, not a model's answers: ${which}`);
  return texts;
}
