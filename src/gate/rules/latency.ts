import { increaseRule } from './increase.js';

/** Answers take longer. */
export const latency = increaseRule('latency', ({ latency: { p50, p95 } }) =>
  p50 === undefined || p95 === undefined
    ? undefined
    : `half within ${Math.round(p50)} ms, 95 % within ${Math.round(p95)} ms`,
);
