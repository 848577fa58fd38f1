import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../src/stats/bootstrap.js';
import { mean, scoreInterval, standardError } from '../../src/stats/mean.js';

const PREFERENCES = new URL('../../../shared/data/model-upgrade/judge-preference.jsonl', import.meta.url);

function preferences(): number[] {
  return readFileSync(PREFERENCES, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const row: unknown = JSON.parse(line);
      return row !== null && typeof row === 'object' && 'preference' in row ? Number(row.preference) : Number.NaN;
    });
}

describe('a real judge on 805 instructions (AlpacaEval)', () => {
  it.skipIf(!existsSync(PREFERENCES))(
    `gives the published win rate of 9.18 % (skipped where its data is absent)`,
    () => {
      const values = preferences();
      expect(values).toHaveLength(805);
      expect(100 * (mean(values) ?? 0)).toBeCloseTo(9.18, 2);
      expect(100 * (standardError(values) ?? 0)).toBeCloseTo(0.89, 2);
      const [low, high] = scoreInterval(values);
      expect(low).toBeLessThan(0.0918);
      expect(high).toBeGreaterThan(0.0918);
      expect(high - low).toBeCloseTo(0.035, 3);
      const [from, to] = bootstrapInterval(values, { resamples: 2000 }) ?? [0, 1];
      expect(from).toBeCloseTo(low, 2);
      expect(to).toBeCloseTo(high, 2);
    },
  );
});
