import { increaseRule } from './increase.js';

/** An answer takes more tokens, in and out. */
export const tokens = increaseRule('tokens');
