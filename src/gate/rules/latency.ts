import { increaseRule } from './increase.js';

/** An answer takes longer. */
export const latency = increaseRule('latency');
