import type { Comparison, EvalComparison, GateCheck, GateSettings, Level, RuleName } from '../vocabulary.js';
import { own } from './own.js';
import { reasonsOf } from './reasons.js';
import { deltaText, scoreText } from '../words.js';
import { toleranceOf } from './settings.js';

/** How a version stands to another one that it was run beside. */
export interface Standing {
  finding: 'worse' | 'not-worse' | 'unknown';
  /** Why, in words; empty for one that is not worse. */
  why: string[];
}

/**
 * A gate that looks only at what fell against the other version: minimum, critical cases and the like hold one version to account,
 * and say nothing of two.
 * @param metric absent: all that are gated, and single cases
 */
export function relativeGate(gate: GateSettings, metric?: string): GateSettings {
  const { minPassRate: _least, ...rest } = gate;
  const off = Object.fromEntries(Object.keys(gate.rules).map((rule) => [rule, 'off'])) as Record<RuleName, Level>;
  const cases: Level = metric === undefined || metric === 'pass' ? 'error' : 'off';
  const rules: GateSettings['rules'] = { ...off, regression: 'error', 'newly-failing': cases };
  if (metric === undefined) return { ...rest, rules };
  const { level: _level, minimum: _minimum, ...settings } = own(gate.metrics, metric) ?? {};
  return { ...rest, rules, metrics: { pass: { level: 'off' }, [metric]: { ...settings, level: 'error' } } };
}

/**
 * Tells from a comparison under `relativeGate` whether a version is worse. What fell and may have fallen by chance is not known to be
 * worse, nor not to be.
 * @param checks what the gate found
 * @param prompt the id of the version, as it ran
 */
export function standingOf(
  { evals }: Pick<Comparison, 'evals'>,
  checks: readonly GateCheck[],
  prompt: string,
): Standing {
  const its = checks.filter((check) => check.prompt === undefined || check.prompt === prompt);
  const news = evals.filter((each) => each.prompt.id === prompt);
  const failed = its.filter(({ level, status }) => level === 'error' && status === 'failed');
  if (failed.length > 0) return { finding: 'worse', why: told(failed, news) };
  const open = its.filter(({ level, status }) => level !== 'off' && status === 'unverified');
  const why = [...told(open, news), ...news.flatMap((each) => perhapsFell(each, news.length > 1))];
  return { finding: why.length > 0 ? 'unknown' : 'not-worse', why };
}

/** The model is named where there are several; the version need not be. */
function told(checks: readonly GateCheck[], news: readonly EvalComparison[]): string[] {
  const models = [undefined, ...news.map(({ model }) => model)];
  return models.flatMap((model) => {
    const its = checks.filter((check) => check.model === model).map(({ prompt: _prompt, ...check }) => check);
    return reasonsOf(its).map((reason) => {
      const text = reason.replace(/^warning: /, '');
      return model === undefined || news.length < 2 ? text : `[${model}] ${text}`;
    });
  });
}

/** Gated metrics that fell by what matters, where there are too few trials to tell whether that was chance. */
function perhapsFell({ metrics, gate, model }: EvalComparison, several: boolean): string[] {
  return Object.entries(metrics).flatMap(([name, { gated, verdict, delta = 0, baseline = 0, pAdjusted }]) => {
    if (!gated || verdict !== 'inconclusive' || -delta < toleranceOf(gate, name)) return [];
    const chance = pAdjusted === undefined ? '' : `, adjusted p ${scoreText(pAdjusted)}`;
    const change = `${scoreText(baseline)} → ${scoreText(baseline + delta)} (${deltaText(delta)}${chance})`;
    return [`${several ? `[${model}] ` : ''}${name} fell ${change}, perhaps by chance: more --repeats would tell`];
  });
}
