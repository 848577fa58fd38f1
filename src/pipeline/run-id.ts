import type { World } from '../world.js';

/** Names a run: when it began, and six digits nobody can guess. */
export function runIdOf(startedAt: string, world: Pick<World, 'randomHex'>): string {
  return `${startedAt.replace(/[-:]|\.\d+/g, '')}-${world.randomHex(6)}`;
}
