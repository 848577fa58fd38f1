import type { Scenario } from '../scenario.js';
import { CODE } from './code.js';
import { DISK } from './disk.js';
import { LIBRARY_USE } from './library-use.js';
import { MOUNTS } from './mounts.js';
import { SIGNALS } from './signals.js';

const WINDOWS = process.platform === 'win32';

/** What may happen to a process and its files. Windows has no signals, limits of a shell or devices to write to. */
export const PROCESS_ROWS: readonly Scenario[] = [...SIGNALS, ...DISK, ...MOUNTS, ...CODE, ...LIBRARY_USE].filter(
  ({ posix }) => !(posix && WINDOWS),
);
