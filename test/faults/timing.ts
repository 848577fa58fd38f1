import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { waitedMs } from '../../bench/support/waited.mjs';
import { type AssayOptions, type Outcome, PACKAGE, type Project, type Running } from '../support/project.js';

const HOOK = pathToFileURL(join(PACKAGE, 'bench/support/report-usage.mjs')).href;
const USAGE = 'usage.json';
const HANGS_AFTER_MS = 220_000;

/** A command whose time is taken. */
export interface Timed {
  running: Running;
  /**
   * Milliseconds from its start to now or to its end, without those in which it or its server was ready to go on and others had the
   * processors: what it takes on a quiet machine, too. Nothing is forgiven a run that itself waits or computes.
   */
  ownMs(): number;
  /** The most memory that it took, in MB; known when it has ended. */
  peakMb(): number;
}

/** Starts `assay` in a project and takes its time. */
export function startTimed(made: Project, args: readonly string[], { env, ...options }: AssayOptions = {}): Timed {
  const file = join(made.root, USAGE);
  rmSync(file, { force: true });
  const began = performance.now();
  const ownWaited = waitedMs('self');
  let tookMs: number | undefined;
  const flags = `--import ${HOOK} ${env?.['NODE_OPTIONS'] ?? ''}`;
  const running = made.start(args, {
    ...options,
    env: { ...env, NODE_OPTIONS: flags, BENCH_USAGE: file },
    // On a busy machine a minute may be little; its own time is what counts.
    hangsAfterMs: HANGS_AFTER_MS,
  });
  const ended = running.ended.then((outcome) => {
    tookMs = outcome.ms;
    return outcome;
  });
  const usage = () => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Usage) : undefined);
  return {
    running: { ...running, ended },
    ownMs() {
      const wall = tookMs ?? performance.now() - began;
      const its = tookMs === undefined ? waitedMs(running.pid) : usage()?.waitedMs;
      const own = waitedMs('self');
      // Where the system does not tell, the length of its queue has to do.
      if (own === undefined || ownWaited === undefined || its === undefined) return wall / busyness();
      return wall - its - (own - ownWaited);
    },
    peakMb: () => usage()?.peakMb ?? Number.NaN,
  };
}

/** What a start and the reports may take, in seconds, beyond the bounds that were set for a run. */
const BEYOND = 2;
const LOOK_MS = 250;

/**
 * Waits for a command to end by itself.
 * @param within the bounds that are set for it, in seconds
 * @throws where it does not end within them and two seconds; it is killed then
 */
export async function endedWithin({ running, ownMs }: Timed, within: number): Promise<Outcome> {
  const began = performance.now();
  const mostMs = (within + BEYOND) * 1000;
  let late = false;
  const watch = setInterval(() => {
    if (performance.now() - began < mostMs || ownMs() < mostMs) return;
    late = true;
    running.kill('SIGKILL');
  }, LOOK_MS);
  const outcome = await running.ended.finally(() => clearInterval(watch));
  if (late || ownMs() > mostMs) throw new Error(`it did not end by itself within ${within} s and ${BEYOND}`);
  return outcome;
}

/** What the preloaded module writes when a process ends. */
interface Usage {
  peakMb: number;
  waitedMs?: number;
}

/** How many times longer things take because others keep the machine busy; 1 where nobody does. */
export function busyness(): number {
  return Math.max(1, (2 * (loadavg()[0] ?? 0)) / availableParallelism());
}
