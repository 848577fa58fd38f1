import { contentHash } from '../hash.js';
import type { World } from '../world.js';

/** Names a run: when it began, and six digits nobody can guess. */
export function runIdOf(startedAt: string, world: Pick<World, 'randomHex'>): string {
  return named(startedAt, world.randomHex(DIGITS));
}

/** Names the run that others are parts of: the same whenever they are joined, so that nothing counts their trials twice. */
export function joinedRunId(startedAt: string, parts: readonly string[]): string {
  return named(startedAt, contentHash(parts.toSorted(), DIGITS));
}

const DIGITS = 6;

function named(startedAt: string, digits: string): string {
  return `${startedAt.replace(/[-:]|\.\d+/g, '')}-${digits}`;
}
