import { increaseRule } from './increase.js';

/** The cost of an answer rose. */
export const cost = increaseRule('cost');
