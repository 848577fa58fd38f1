import type { Baseline, ChangelogEntry, Prompt } from '../vocabulary.js';
import { type AcceptedScores, acceptedScores } from './scores.js';

/** Something that happened to a prompt: it was changed, as its changelog says, or its scores were accepted. */
export type Event =
  | ({ event: 'changed' } & ChangelogEntry)
  | ({ event: 'accepted' } & Pick<AcceptedScores, 'model' | 'version' | 'date' | 'commit' | 'dirty' | 'metrics'>);

/** Changelog and baseline as one story, the newest first. Of one day, what was accepted comes after what was changed. */
export function historyOf(
  { changelog, gate }: Pick<Prompt, 'changelog' | 'gate'>,
  baseline: Baseline | undefined,
): Event[] {
  const changed = changelog.map((entry): Event => ({ event: 'changed', ...entry }));
  const accepted = (baseline ? acceptedScores(baseline, gate) : []).map(
    ({ cases: _cases, judge: _judge, ...each }): Event => ({ event: 'accepted', ...each }),
  );
  // Of equal days the order is kept: a changelog may have its newest entry first or last.
  return [...accepted, ...newestFirst(changed)].toSorted((a, b) => compare(b.date.slice(0, 10), a.date.slice(0, 10)));
}

function newestFirst(changed: readonly Event[]): readonly Event[] {
  const [first, last] = [changed[0], changed.at(-1)];
  return first && last && first.date < last.date ? changed.toReversed() : changed;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
