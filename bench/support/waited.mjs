import { readdirSync, readFileSync } from 'node:fs';

/**
 * How long the threads of a process were ready to go on and had no processor, in all since it began: the most that a busy machine
 * took from it, and next to nothing on a quiet one.
 * @param {number | 'self'} process its id
 * @returns {number | undefined} milliseconds; undefined where the system does not tell
 * @see https://docs.kernel.org/scheduler/sched-stats.html the second number of /proc/<pid>/schedstat, in nanoseconds
 */
export function waitedMs(process) {
  const tasks = `/proc/${process}/task`;
  let waited = 0;
  try {
    for (const task of readdirSync(tasks)) waited += waitedNs(`${tasks}/${task}`);
  } catch {
    return undefined;
  }
  return waited / 1e6;
}

/** A thread may end between being listed and being looked at. */
function waitedNs(task) {
  try {
    return Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[1]);
  } catch {
    return 0;
  }
}
