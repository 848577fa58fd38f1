import type { TrialCounts, TrialResult } from '../vocabulary.js';
import type { World } from '../world.js';

/** Shows how far a long run is, on standard error: a live line on a terminal, a plain line now and then elsewhere. */
export interface Progress {
  planned(trials: number): void;
  result(result: TrialResult): void;
  /** Wipes the live line and stops the clock; nothing is shown after it. */
  end(): void;
}

/** A live line is redrawn at most this often, a plain one written at most this often. In milliseconds. */
const LIVE_EVERY = 100;
const PLAIN_EVERY = 10_000;
/** A live line is not drawn before this: a replay has ended before anyone could read it. */
const QUIET_FOR = 400;
/** How often it is looked whether there is something to show while no trial ends. In milliseconds. */
const TICK = 1000;
/** A run in which no trial has ended for so long says so, on a plain screen as often again. In milliseconds. */
const STILL_LIVE = 5000;
const STILL_PLAIN = 30_000;

export function progress(world: World): Progress {
  const live = world.stderr.isTTY === true && world.env.TERM !== 'dumb' && !world.env.CI;
  const counts: TrialCounts = { planned: 0, completed: 0, errored: 0, skipped: 0 };
  let failing = 0;
  const began = world.now();
  const still = live ? STILL_LIVE : STILL_PLAIN;
  let endedAt = began;
  let shownAt = live ? began + QUIET_FOR - LIVE_EVERY : began;
  let shown = false;

  const line = () => {
    const done = counts.completed + counts.errored + counts.skipped;
    const trouble = counts.errored > 0 ? `, ${counts.errored} errored` : '';
    const left = remaining(world.now() - began, done, counts.planned);
    const quiet = world.now() - endedAt;
    const silence = quiet < still ? '' : `, none ended for ${Math.floor(quiet / 1000)} s`;
    return `${done}/${counts.planned} trials, ${failing} failing${trouble}${left}${silence}`;
  };
  const show = (pause: number) => {
    const now = world.now();
    if (now - shownAt < pause) return;
    shownAt = now;
    shown = true;
    world.stderr.write(live ? `\r\u001b[K${line().slice(0, (world.stderr.columns ?? 80) - 1)}` : `${line()}\n`);
  };
  const stop = world.every(TICK, () => {
    const { planned, completed, errored, skipped } = counts;
    if (planned === completed + errored + skipped) return;
    if (live) show(LIVE_EVERY);
    else if (world.now() - endedAt >= STILL_PLAIN) show(STILL_PLAIN);
  });
  return {
    planned(trials) {
      endedAt = world.now();
      counts.planned += trials;
    },
    result(result) {
      counts[result.status] += 1;
      if (result.status === 'completed' && result.pass === false) failing += 1;
      endedAt = world.now();
      show(live ? LIVE_EVERY : PLAIN_EVERY);
    },
    end() {
      stop();
      if (live && shown) world.stderr.write('\r\u001b[K');
    },
  };
}

/** Time left at the pace so far; nothing while it is too early to say. */
function remaining(elapsedMs: number, done: number, planned: number): string {
  if (done === 0 || done === planned || elapsedMs < 2000) return '';
  const seconds = Math.ceil(((elapsedMs / done) * (planned - done)) / 1000);
  return seconds < 90 ? `, about ${seconds} s left` : `, about ${Math.ceil(seconds / 60)} min left`;
}
