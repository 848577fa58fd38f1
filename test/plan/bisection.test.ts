import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BisectionStep, bisectionStep, type Candidate, type Finding } from '../../src/plan/bisection.js';

/** A line of candidates, the newest first. */
function line(count: number): Candidate[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `c${count - index}`,
    parents: index === count - 1 ? [] : [`c${count - index - 1}`],
  }));
}

/** Follows the search to its end. */
function search(candidates: readonly Candidate[], last: string, tell: (id: string) => Finding) {
  const findings = new Map<string, Finding>();
  let first: number | undefined;
  let untold: number | undefined;
  for (;;) {
    const step = bisectionStep(candidates, last, findings);
    if (!('next' in step)) return { end: step, tests: findings.size, first: first ?? 0, untold: untold ?? 0 };
    first ??= step.atMost;
    untold ??= step.untested.length;
    expect(step.untested).toContain(step.next);
    expect(findings.has(step.next)).toBe(false);
    findings.set(step.next, tell(step.next));
  }
}

/** A candidate and all that come before it. */
function upTo(candidates: readonly Candidate[], id: string): Set<string> {
  const all = new Set([id]);
  for (const each of all)
    for (const parent of candidates.find((one) => one.id === each)?.parents ?? []) all.add(parent);
  return all;
}

/** Histories whose last candidate comes after all others: each has one or two parents among the older ones. */
const histories = fc
  .array(fc.tuple(fc.nat(), fc.option(fc.nat(), { nil: undefined })), { minLength: 1, maxLength: 40 })
  .map((links) => {
    const made: Candidate[] = [];
    const heads = new Set<string>();
    for (const [index, [a, b]] of links.entries()) {
      const older = made.map(({ id }) => id);
      const picked =
        older.length === 0 ? [] : [a, ...(b === undefined ? [] : [b])].map((at) => older[at % older.length] ?? '');
      for (const id of picked) heads.delete(id);
      heads.add(`c${index}`);
      made.push({ id: `c${index}`, parents: [...new Set(picked)] });
    }
    return [...made, { id: 'last', parents: [...heads] }].toReversed();
  });

describe('a bisection', () => {
  it('finds the change in a line of n within log2(n) + 1 tests', () => {
    for (let count = 1; count <= 40; count += 1) {
      for (let culprit = 1; culprit <= count; culprit += 1) {
        const found = search(line(count), `c${count}`, (id) =>
          Number(id.slice(1)) >= culprit ? 'worse' : 'not-worse',
        );
        expect(found.end).toEqual({ culprit: `c${culprit}` });
        expect(found.tests).toBeLessThanOrEqual(Math.log2(count) + 1);
        expect(found.tests).toBeLessThanOrEqual(found.first);
      }
    }
  });

  it('finds the change in any history, and tests nothing twice', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (candidates, seed) => {
        const culprit = candidates[seed % candidates.length]?.id ?? '';
        const { end } = search(candidates, 'last', (id) => (upTo(candidates, id).has(culprit) ? 'worse' : 'not-worse'));
        expect(end).toEqual({ culprit });
      }),
      { numRuns: 300 },
    );
  });

  it('never names another one where some cannot be told: the change is among the suspects', () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.func(fc.boolean()), (candidates, seed, told) => {
        const culprit = candidates[seed % candidates.length]?.id ?? '';
        const { end, tests, untold } = search(candidates, 'last', (id) => {
          if (!told(id)) return 'unknown';
          return upTo(candidates, id).has(culprit) ? 'worse' : 'not-worse';
        });
        const named = 'culprit' in end ? [end.culprit] : 'suspects' in end ? end.suspects : [];
        expect(named).toContain(culprit);
        expect(tests).toBeLessThanOrEqual(untold);
      }),
      { numRuns: 300 },
    );
  });

  it('says when not even the last one is worse', () => {
    fc.assert(
      fc.property(histories, (candidates) => {
        expect(search(candidates, 'last', () => 'not-worse').end).toEqual({ nothing: true });
      }),
    );
    expect(search(line(31), 'c31', () => 'not-worse').tests).toBe(5);
  });

  it('leaves what was undone alone, and looks for what came after', () => {
    const findings = new Map<string, Finding>([
      ['c2', 'worse'],
      ['c4', 'not-worse'],
    ]);
    const step: BisectionStep = bisectionStep(line(6), 'c6', findings);
    expect(step).toEqual({ next: 'c5', atMost: 2, untested: ['c6', 'c5'], suspects: ['c5', 'c6'] });
    expect(bisectionStep(line(6), 'c6', new Map([...findings, ['c5', 'worse'] as const]))).toEqual({ culprit: 'c5' });
  });

  it('searches only what comes before the last one', () => {
    const aside: Candidate[] = [{ id: 'aside', parents: [] }, ...line(2)];
    expect(search(aside, 'c2', () => 'worse').end).toEqual({ culprit: 'c1' });
  });
});
