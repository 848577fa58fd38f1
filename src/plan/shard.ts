import { contentHash } from '../hash.js';
import type { RunInfo } from '../vocabulary.js';

/** One part of a run that several processes share: `index` counts from 1. */
export type Shard = NonNullable<RunInfo['shard']>;

/**
 * Which shard a case belongs to, from 1 to `count`. It is decided by the names of prompt and case alone, so that a case that is
 * added or removed moves no other, and all models and repeats of a case come together.
 */
export function shardOf(prompt: string, caseId: string, count: number): number {
  // 48 bits: exact as a number, and the remainder favours no shard by more than 1 in 10^11.
  return (Number.parseInt(contentHash([prompt, caseId], 12), 16) % count) + 1;
}

/** Whether a case belongs to a shard. Without a shard everything does. */
export function isInShard(shard: Shard | undefined, prompt: string, caseId: string): boolean {
  return shard === undefined || shardOf(prompt, caseId, shard.count) === shard.index;
}

/** How a shard is named: `2/4`. */
export function shardName({ index, count }: Shard): string {
  return `${index}/${count}`;
}
