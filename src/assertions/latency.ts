import { type AssertionDefinition, verdict } from './assertion.js';

/** The provider's time for the answer is at most the threshold, in milliseconds; a recorded answer keeps its own time. */
export const latency: AssertionDefinition = {
  type: 'latency',
  summary: 'The answer took at most `threshold` milliseconds.',
  value: true,
  needs: 'none',
  textless: true,
  threshold: { minimum: 0, required: true },
  prepare({ threshold }) {
    if (threshold === undefined) throw new Error('it has no threshold');
    return ({ completion: { latencyMs } }) => {
      if (latencyMs === undefined || !Number.isFinite(latencyMs)) {
        return { status: 'unscored', reason: 'how long the answer took is unknown' };
      }
      const pass = latencyMs <= threshold;
      return verdict(pass, `took ${latencyMs} ms, ${pass ? 'at most' : 'more than'} ${threshold} ms`);
    };
  },
};
