import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Fact, facts } from './oracles.js';

const COLLECTION = new URL('../../../shared/oracles/statistics.json', import.meta.url);

function numbers(answer: Fact['expected'] | (number | undefined)[]): (number | undefined)[] {
  return Array.isArray(answer) ? answer : [answer];
}

/** 0 for two undefined answers; Infinity where only one of them is defined. */
function relativeError(have: number | undefined, want: number | undefined): number {
  if (have === want) return 0;
  if (have === undefined || want === undefined || Number.isNaN(have)) return Number.POSITIVE_INFINITY;
  return Math.abs(have - want) / Math.abs(want);
}

describe('published numbers', () => {
  it.each(facts.map((fact) => [fact.id, fact] as const))('%s', (_, { expected, compute, tolerance, source }) => {
    const wanted = numbers(expected);
    const got = numbers(compute());
    const errors = wanted.map((want, index) => relativeError(got[index], want));
    expect(got.length).toBe(wanted.length);
    expect(Math.max(...errors), `${got.join(', ')} for ${wanted.join(', ')}: ${source}`).toBeLessThanOrEqual(tolerance);
  });

  it('are 92, each once', () => {
    expect(new Set(facts.map(({ id }) => id)).size).toBe(92);
  });

  it.skipIf(!existsSync(COLLECTION))(`are those of the collection (skipped where it is absent)`, () => {
    const collection: unknown = JSON.parse(readFileSync(COLLECTION, 'utf8'));
    const listed = facts.map(({ id, expected, tolerance }) => ({
      id,
      expected: expected ?? null,
      tolerance_rel: tolerance,
    }));
    expect(collection).toMatchObject({ count: facts.length, facts: listed });
  });
});
