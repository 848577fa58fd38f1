import { json } from './json.js';
import { junit } from './junit.js';
import type { Report } from './report.js';
import { summary } from './summary.js';

/** Every report that is written to a file, in the order they are written. */
export const reports: readonly Report[] = [json, junit, summary];
