import type { GateCheck } from '../vocabulary.js';
import { rules } from './rules/map.js';
import { listed } from '../words.js';

/**
 * What did not pass, in words: failures of level error first, then what could not be told, then warnings. Cases that broke the same
 * rule in the same way share a sentence.
 */
export function reasonsOf(checks: readonly GateCheck[]): string[] {
  const groups = new Map<string, GateCheck[]>();
  const open = checks.filter((check) => check.status !== 'passed');
  for (const check of open.toSorted((a, b) => weight(a) - weight(b))) {
    const alike = check.case === undefined ? [check.metric, check.message] : ['cases'];
    const key = JSON.stringify([weight(check), check.prompt, check.model, check.rule, ...alike]);
    const group = groups.get(key);
    if (group) group.push(check);
    else groups.set(key, [check]);
  }
  return [...groups.values()].flatMap(sentence);
}

/** 0: the whole run; 1: failed; 2: could not be told; 3: a warning. */
function weight({ level, status, prompt }: GateCheck): number {
  if (level !== 'error') return 3;
  if (prompt === undefined) return 0;
  return status === 'failed' ? 1 : 2;
}

function sentence(group: readonly GateCheck[]): string[] {
  const [first] = group;
  if (!first) return [];
  const where = first.prompt === undefined ? '' : `${first.prompt} [${first.model}]: `;
  const warning = first.level === 'error' ? '' : 'warning: ';
  return [`${warning}${where}${group.length > 1 ? together(group, first) : first.message}`];
}

function together(group: readonly GateCheck[], first: GateCheck): string {
  const cases = group.flatMap((check) => (check.case === undefined ? [] : [check.case]));
  const many = rules.find((rule) => rule.name === first.rule)?.many;
  return many
    ? `${many(cases, first.status, first.message)}: ${listed(cases)}`
    : group.map((check) => check.message).join('; ');
}
