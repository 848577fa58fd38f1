import { mean, scoreInterval } from '../stats/mean.js';
import type { MetricComparison, MetricCoverage } from '../vocabulary.js';
import type { EvalJudgement } from './judge.js';
import { isGated } from './settings.js';
import type { EvalTracks, MetricTrack } from './tracks.js';

/** An eval's metrics against the baseline, and how much of each there is. */
export interface MetricFacts {
  metrics: Record<string, MetricComparison>;
  coverage: Record<string, MetricCoverage>;
}

/**
 * Aggregates every metric: the mean over cases of the mean over a case's repeats. A score that could not be computed lowers
 * `n`; it is never a zero. A metric without any score has coverage only.
 */
export function metricFacts(evaluation: EvalTracks, judgement: EvalJudgement): MetricFacts {
  const metrics: [string, MetricComparison][] = [];
  const coverage: [string, MetricCoverage][] = [];
  for (const track of evaluation.metrics) {
    const { name, planned, missing, pairing } = track;
    coverage.push([name, { planned, missing, ...(pairing && { pairing }) }]);
    const compared = compareMetric(evaluation, track, judgement);
    if (compared) metrics.push([name, compared]);
  }
  return { metrics: Object.fromEntries(metrics), coverage: Object.fromEntries(coverage) };
}

function compareMetric(
  { run }: EvalTracks,
  { name, values, pairing, run: scores }: MetricTrack,
  { metrics }: EvalJudgement,
): MetricComparison | undefined {
  const average = mean(values);
  if (average === undefined) return undefined;
  const alone: Omit<MetricComparison, 'verdict'> = {
    mean: average,
    ci: scoreInterval(values, 0.95),
    n: values.length,
    gated: isGated(run.gate, name),
  };
  if (!pairing) return { ...alone, verdict: 'new' };
  const paired = scores.filter((each) => each.some((score) => score !== undefined)).length;
  const { verdict = 'inconclusive', ...facts } = metrics.get(name) ?? {};
  return { ...alone, ...facts, paired, verdict };
}
