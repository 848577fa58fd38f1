import type { EvalComparison, UsageChange } from '../../vocabulary.js';
import { amount, type Quantity } from '../case-usage.js';
import { percentText } from '../../words.js';
import { LEAST_PAIRED } from './paired.js';
import type { Rule } from './rule.js';

/** Rounding must not break a bound that is met exactly. */
const SLACK = 1e-9;

/**
 * A rule about something that should not rise: broken where an answer takes more than it did by `gate.increase` or more, and that is
 * no chance (the lower bound of the increase is above 0). Where it is not known it compares nothing, and says so; at level error
 * that is unverified.
 */
export function increaseRule(name: Quantity): Rule {
  return {
    name,
    check(evaluation) {
      const level = evaluation.gate.rules[name];
      if (level === 'off' || !evaluation.baseline) return [];
      const change = evaluation.usage?.[name];
      // Where too few cases are the same, rule `paired` says so.
      if (!change && (evaluation.pairedShare ?? 0) < LEAST_PAIRED) return [];
      const unknown = level === 'error' ? 'unverified' : 'passed';
      if (!change) return [{ level, status: unknown, message: whyUnknown(name, evaluation) }];
      const { increase, message } = { increase: evaluation.gate.increase, message: words(name, change) };
      if (!isLarge(change, increase)) return [{ level, status: 'passed', message }];
      const allowed = `; ${percentText(increase)} is allowed`;
      if (isReal(change)) return [{ level, status: 'failed', message: message + allowed }];
      const doubt = change.cases === 1 ? ', which one case cannot prove' : ', perhaps by chance';
      return [{ level, status: change.cases === 1 ? unknown : 'passed', message: message + doubt }];
    },
  };
}

function isLarge({ baseline, now, increase }: UsageChange, allowed: number): boolean {
  return increase === undefined ? now > baseline : increase > 0 && increase >= allowed - SLACK;
}

/** What took nothing before and takes something now rose, however little is known. */
function isReal({ increase, atLeast }: UsageChange): boolean {
  return increase === undefined || (atLeast !== undefined && atLeast > SLACK);
}

function words(name: Quantity, { baseline, now, increase }: UsageChange): string {
  const change = `${amount(baseline, name)} → ${amount(now, name)} per answer`;
  const stays = increase === undefined ? now === baseline : Math.abs(increase) < 0.0005;
  if (stays) return `${name} did not change: ${amount(now, name)} per answer`;
  const by = increase === undefined ? '' : ` ${percentText(Math.abs(increase))}`;
  return `${name} ${now > baseline ? 'rose' : 'fell'}${by}: ${change}`;
}

function whyUnknown(name: Quantity, { cost, tokens, latency }: EvalComparison): string {
  const known = { cost: cost.known, tokens: tokens.known, latency: latency.p50 !== undefined }[name];
  const why = known ? `the baseline holds too little of it; run \`assay accept\`` : 'this run does not state it';
  return `${name} is not compared: ${why}`;
}
