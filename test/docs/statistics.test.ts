import { describe, expect, it } from 'vitest';
import { compare } from '../../src/gate/compare.js';
import { confirmationsNeeded } from '../../src/stats/guard.js';
import type { EvalComparison } from '../../src/vocabulary.js';
import { baselineOf, caseRun, evalRun, info, runOf, trial } from '../gate/build.js';
import { blocksOf, pageText } from './pages.js';

const PAGE = 'docs/statistics.md';

/** The fenced block behind a comment. */
function checked(name: string): string {
  const text = pageText(PAGE);
  const found = blocksOf(PAGE).find(({ line }) => text.split('\n')[line - 2] === `<!-- checked: ${name} -->`);
  if (!found) throw new Error(`no block ${name}`);
  return found.text;
}

const rows = checked('data')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/\s+/));

/** The page's data as a run of a changed prompt. */
function example(times = 1): EvalComparison {
  const side = (column: number) =>
    rows.map((row) =>
      caseRun(
        row[0] ?? '',
        [...(row[column] ?? '')].map((pass) => trial(pass === '1' ? 1 : 0)),
      ),
    );
  const evals = Array.from({ length: times }, (_, index) => {
    const prompt = { id: 'p', path: 'p', version: 'new' };
    return evalRun(index === 0 ? side(2) : side(1), { prompt, model: `x:m${index}`, repeats: { min: 2, max: 2 } });
  });
  const comparison = compare(runOf(evals, { info: { ...info, mode: 'live' } }), () => baselineOf(side(1)));
  const [first] = comparison.evals;
  if (!first) throw new Error('no eval');
  return first;
}

const three = (value = 0) => `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(3)}`;

describe('the worked example', () => {
  it('has the numbers that the product computes', () => {
    const { metrics, folded } = example();
    const pass = metrics.pass;
    if (!pass?.deltaCi || pass.baseline === undefined || pass.delta === undefined) throw new Error('not compared');
    const guarded = folded.flatMap(({ case: id, guard }) => (guard ? [{ id, guard }] : []));
    const lines = [
      `pass            ${three(pass.baseline)} → ${three(pass.baseline + pass.delta)}, change ${three(pass.delta)}, 95 % interval ${three(pass.deltaCi[0])} to ${three(pass.deltaCi[1])}`,
      `p               ${pass.p?.toFixed(5)}, adjusted for 1 test ${pass.pAdjusted?.toFixed(5)}; smallest detectable drop ${three(pass.mde)}`,
      `verdict         ${pass.verdict}: ${pass.pAdjusted?.toFixed(5)} ≤ 0.8 · 0.05, and ${three(-pass.delta)} ≥ 0.02`,
      ...guarded
        .toSorted((a, b) => Number(a.guard.status !== 'flaky') - Number(b.guard.status !== 'flaky'))
        .map(({ id, guard }) =>
          guard.status === 'flaky'
            ? `${id.padEnd(16)}flaky: failed, then passed`
            : `${id.padEnd(16)}newly failing, ${guard.failures} of the ${guard.needed} failures that prove it`,
        ),
    ];
    expect(checked('result').trim().split('\n')).toEqual(lines);
  });

  it('says rightly what is counted in it', () => {
    const text = pageText(PAGE);
    const always = rows.filter(([, before, after]) => !`${before}${after}`.includes('0'));
    expect(always).toHaveLength(6);
    expect(text).toContain('Six of the cases passed every trial on both sides');
    expect(example(200).metrics.pass?.pAdjusted).toBeCloseTo(0.073, 3);
    expect(example(200).metrics.pass?.verdict).not.toBe('regressed');
    expect(confirmationsNeeded(5, 12, 0.01, 16)).toBe(6);
    expect(12 * (5 ** 10 / 10 ** 10)).toBeCloseTo(0.0117, 4);
  });
});
