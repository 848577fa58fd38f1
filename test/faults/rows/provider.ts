import type { Row } from '../row.js';
import { ANSWERS } from './answers.js';
import { CONNECTION } from './connection.js';
import { JUDGES } from './judge.js';
import { LIMITS } from './limits.js';
import { REFUSALS } from './refusals.js';
import { STREAMS } from './streams.js';

/** The provider's part of the matrix, by the numbers under which the faults were collected. */
export const PROVIDER_ROWS: readonly Row[] = [
  ...CONNECTION,
  ...LIMITS,
  ...REFUSALS,
  ...ANSWERS,
  ...STREAMS,
  ...JUDGES,
].toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
