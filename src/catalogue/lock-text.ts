import { canonicalMessages } from '../library/canonical.js';
import type { Lock, LockedPrompt } from '../prompts/lock.js';
import type { Json, Prompt } from '../vocabulary.js';

/** The text of `prompts.lock.json`: sorted by id and key, so that equal prompts give equal bytes and changes give a readable diff. */
export function lockText(prompts: readonly Prompt[]): string {
  const sorted = prompts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const lock: Lock = { schemaVersion: 1, prompts: Object.fromEntries(sorted.map((each) => [each.id, locked(each)])) };
  return `${JSON.stringify(lock, null, 2)}\n`;
}

function locked(prompt: Prompt): LockedPrompt {
  const { version, parameters, input, output, structured, tools, template } = prompt;
  return {
    version,
    ...(Object.keys(parameters).length > 0 && { parameters: byKey(parameters) }),
    ...(input && { input: byKey(input) }),
    ...(output && { output: byKey(output) }),
    ...(structured !== 'auto' && { structured }),
    ...(tools.length > 0 && { tools: byKey(tools) }),
    messages: canonicalMessages(template),
  };
}

/** A copy with the keys of every object sorted. */
function byKey<Value>(value: Value): Value {
  // Sorting keys changes no type.
  return sortedKeys(value as Json) as Value;
}

function sortedKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sortedKeys(value[key] ?? null)]),
  );
}
