/**
 * The words of promptassay as types: the plain data that each step hands to the next. Nothing here has behaviour, and nothing here
 * imports anything but other words. One word is one thing, in code, docs and messages alike.
 */
export type * from './vocabulary/common.js';
export type * from './vocabulary/library.js';
export type * from './vocabulary/asking.js';
export type * from './vocabulary/planning.js';
export type * from './vocabulary/run.js';
export type * from './vocabulary/verdict.js';
