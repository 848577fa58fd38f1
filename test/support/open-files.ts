import { readdirSync, readlinkSync } from 'node:fs';

/** How often this process has a file open. Linux alone tells. */
export function openFiles(path: string): number {
  return readdirSync('/proc/self/fd').filter((each) => targetOf(each) === path).length;
}

/** The folder that is being read is open, too, and gone a moment later. */
function targetOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}
