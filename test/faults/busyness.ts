import { availableParallelism, loadavg } from 'node:os';

/** How many times longer things take because others keep the machine busy; 1 where nobody does. */
export function busyness(): number {
  return Math.max(1, (2 * (loadavg()[0] ?? 0)) / availableParallelism());
}
