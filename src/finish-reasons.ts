import type { FinishReason } from './vocabulary.js';

/** All that a finish reason may be. */
export const FINISH_REASONS: readonly FinishReason[] = [
  'stop',
  'length',
  'tool-calls',
  'content-filter',
  'refusal',
  'other',
];
