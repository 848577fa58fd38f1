import type { Level, Problem } from '../vocabulary.js';
import { policyRules } from './map.js';
import type { Policy, PolicyFacts, PolicyRule } from './rule.js';

/** What `check` found: a broken rule, or a mistake, which is always an error. */
export type Finding = Problem & { level: 'error' | 'warn' };

/** Applies every rule that is not off; what several prompts have in common, such as a model of the config, is told once. */
export function applyPolicy(facts: PolicyFacts): Finding[] {
  const found = new Map<string, Finding>();
  for (const rule of policyRules) {
    const level = levelOf(rule, facts.policy);
    if (level === 'off') continue;
    for (const problem of rule.check(facts)) found.set(JSON.stringify(problem), { ...problem, level });
  }
  return [...found.values()].toSorted(byPlace);
}

/** The level of a rule: the config's, else its own. */
export function levelOf({ code, level }: PolicyRule, policy: Policy): Level {
  return policy.rules?.[code] ?? level(policy);
}

function byPlace({ place: a }: Finding, { place: b }: Finding): number {
  if (!a || !b) return Number(Boolean(a)) - Number(Boolean(b));
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
