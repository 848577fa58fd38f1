import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Room for new objects in bytes beyond which none is added: what a hundred trials under way hold fits in. */
const ROOM = 8 << 20;
const LOOK_MS = 50;

/**
 * Keeps the process small: what a run has in use is some 20 MB, but V8 lets garbage grow to a multiple of that before it collects.
 * Here it collects what is new in steps of 1 MB while it starts and of 8 MB once it asks models, instead of 16, and all of it once
 * it has grown by two fifths. Steps of 1 MB throughout would copy what trials under way hold again and again, for a tenth of a
 * run's CPU. What is new is collected by one thread: the threads that share so little work take longer to wake than it takes. Only
 * the command does this: the heap of an application is its own affair.
 */
export function keepHeapSmall(): void {
  // Of V8's settings these are read at each collection; others, such as --max-semi-space-size, only when the process starts.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
  setFlagsFromString('--no-parallel-scavenge');
  // The HTTP client's parser is WebAssembly. V8 optimises its one large function after the first answer, which takes 36 MB and more
  // CPU than thousands of answers give back. It optimises the function of this index only, which there is not.
  setFlagsFromString('--wasm-tier-up-filter=1000000');
}

/** Lets the room for new objects grow once, for many trials at a time. */
export function widenHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=8');
  const look = setInterval(() => {
    const room = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? ROOM;
    if (room < ROOM) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(look);
  }, LOOK_MS);
  look.unref();
}
