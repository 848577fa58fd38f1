import type { Scenario } from '../scenario.js';
import { CODE } from './code.js';
import { DISK } from './disk.js';
import { SIGNALS } from './signals.js';

const WINDOWS = process.platform === 'win32';

/** What may happen to a process and its files. Windows has no signals, limits of a shell or devices to write to. */
export const PROCESS_ROWS: readonly Scenario[] = [...SIGNALS, ...DISK, ...CODE].filter(
  ({ posix }) => !(posix && WINDOWS),
);
