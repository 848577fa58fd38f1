import type { AssertionDefinition } from './assertion.js';
import { contains, icontains } from './contains.js';
import { containsAll, containsAny, icontainsAll, icontainsAny } from './contains-list.js';
import { cost } from './cost.js';
import { equals } from './equals.js';
import { finishReason } from './finish-reason.js';
import { isJson, jsonSchema } from './json-schema.js';
import { judge } from './judge.js';
import { latency } from './latency.js';
import { levenshtein } from './levenshtein.js';
import { regex } from './regex.js';
import { rougeN } from './rouge-n.js';
import { similar } from './similar.js';
import { startsWith } from './starts-with.js';
import { wordCount } from './word-count.js';

/** All types of assertion by their canonical names. A new one is a file of its own and a line here. */
export const assertionTypes: ReadonlyMap<string, AssertionDefinition> = new Map(
  [
    equals,
    contains,
    icontains,
    containsAny,
    containsAll,
    icontainsAny,
    icontainsAll,
    startsWith,
    regex,
    isJson,
    jsonSchema,
    levenshtein,
    rougeN,
    similar,
    wordCount,
    cost,
    latency,
    finishReason,
    judge,
  ].map((definition) => [definition.type, definition]),
);

/**
 * The definition that a name as written stands for.
 * @param name a type or an alias, with or without `not-`
 */
export function findAssertion(
  name: string,
  types: ReadonlyMap<string, AssertionDefinition> = assertionTypes,
): { definition: AssertionDefinition; negated: boolean } | undefined {
  const direct = byName(name, types);
  if (direct) return { definition: direct, negated: false };
  const inner = name.startsWith('not-') ? byName(name.slice('not-'.length), types) : undefined;
  return inner && { definition: inner, negated: true };
}

function byName(name: string, types: ReadonlyMap<string, AssertionDefinition>): AssertionDefinition | undefined {
  const exact = types.get(name);
  if (exact) return exact;
  for (const definition of types.values()) if (definition.aliases?.includes(name)) return definition;
  return undefined;
}
