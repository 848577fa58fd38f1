import { readFileSync } from 'node:fs';

/**
 * How long the main thread of a process was ready to go on and had no processor, since it began: what a busy machine took from it,
 * and next to nothing on a quiet one.
 * @param {number | 'self'} process its id
 * @returns {number | undefined} milliseconds; undefined where the system does not tell
 * @see https://docs.kernel.org/scheduler/sched-stats.html the second number of /proc/<pid>/schedstat, in nanoseconds
 */
export function waitedMs(process) {
  try {
    return Number(readFileSync(`/proc/${process}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return undefined;
  }
}
