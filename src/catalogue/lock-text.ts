import { canonicalMessages } from '../library/canonical.js';
import { checksumOf, type Lock, type LockedPrompt } from '../prompts/lock.js';
import type { Prompt } from '../vocabulary.js';

/**
 * The text of `prompts.lock.json`: sorted by id, one value a line, so that a change gives a readable diff. The keys of schemas stay
 * in their order, which models see.
 */
export function lockText(prompts: readonly Prompt[]): string {
  const sorted = prompts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const lock: Lock = { schemaVersion: 1, prompts: Object.fromEntries(sorted.map((each) => [each.id, locked(each)])) };
  return `${JSON.stringify(lock, null, 2)}\n`;
}

function locked(prompt: Prompt): LockedPrompt {
  const { id, version, parameters, input, output, structured, tools, template } = prompt;
  return {
    version,
    checksum: checksumOf(id, { version, ...(input && { input }) }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(input && { input }),
    ...(output && { output }),
    ...(structured !== 'auto' && { structured }),
    ...(tools.length > 0 && { tools }),
    messages: canonicalMessages(template),
  };
}
