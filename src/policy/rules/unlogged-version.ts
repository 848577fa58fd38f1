import { problems } from '../../errors.js';
import type { ChangelogEntry } from '../../vocabulary.js';
import type { PolicyRule } from '../rule.js';

/** A prompt whose version is another one than at the base has a new entry in its changelog. */
export const unloggedVersion: PolicyRule = {
  code: 'unlogged-version',
  summary: 'a prompt whose version changed says why in its changelog',
  help: 'Add an entry { date, why } to "changelog" in the front matter.',
  level: ({ require = [] }) => (require.includes('changelog') ? 'error' : 'warn'),
  *check({ before, prompts, place }) {
    for (const { prompt } of prompts) {
      const was = before?.get(prompt.id);
      if (!was || was.version === prompt.version || hasNewEntry(was.changelog, prompt.changelog)) continue;
      yield problems['unlogged-version'](prompt.id, was.version, prompt.version, place(prompt, 'changelog'));
    }
  },
};

/** An entry that was reworded tells no second reason, but who can tell? What counts is that someone wrote something, and not blanks. */
function hasNewEntry(before: readonly ChangelogEntry[], after: readonly ChangelogEntry[]): boolean {
  const known = new Set(before.map(text));
  return after.some((entry) => entry.why.trim() !== '' && !known.has(text(entry)));
}

function text({ date, why, version }: ChangelogEntry): string {
  return JSON.stringify([date, why, version]);
}
