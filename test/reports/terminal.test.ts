import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReportInput } from '../../src/reports/report.js';
import { summary } from '../../src/reports/summary.js';
import { renderTerminal } from '../../src/reports/terminal.js';
import { cut, widthOf, wrapped } from '../../src/reports/width.js';
import { completed, inputOf, type RawCase, scored, textOf } from './build.js';
import { calm, empty, everything, tolerated } from './scenario.js';

const plain = (input: ReportInput, width = 80) => textOf(renderTerminal(input, { color: false, width }));
const colored = (input: ReportInput, width = 80) => textOf(renderTerminal(input, { color: true, width }));
// Colours of the report itself, each of which is closed on its line.
const withoutColor = (text: string) => text.replace(/\u001b\[(?:1|2|22|31|32|33|39)m/g, '');

const failing = (count: number, reason = 'wrong'): ReportInput => {
  const cases: RawCase[] = Array.from({ length: count }, (_, index) => ({
    case: `c${index}`,
    raw: [completed('an answer', [scored(false, reason)])],
  }));
  return inputOf([{ cases }]);
};

describe('the terminal', () => {
  it('ends with the verdict and the exit code', async () => {
    const last = async (input: ReportInput) => (await plain(input)).trimEnd().split('\n').at(-1);
    expect(await last(calm)).toBe('passed · 1 eval · 3 of 3 trials · exit 0');
    expect(await last(empty)).toBe('unverified · 0 evals · 0 of 0 trials · exit 3');
    expect(await last(tolerated)).toMatch(/^passed .* exit 0$/);
    expect(await last(everything)).toMatch(/^failed \(incomplete\) .* exit 1$/);
  });

  it('shows expected and actual text, line by line', async () => {
    const text = await plain(everything);
    expect(text).toContain('        one\n      - 2\n      + two\n        three\n');
    expect(text).toContain('judge (tone) could not be scored: the judge answered no JSON');
  });

  it('names replayed and hand-written recordings', async () => {
    expect(await plain(calm)).toContain('replayed: these recordings pass; no model was asked');
    expect(await plain(everything)).toContain('these recordings do not pass');
    expect(await plain(everything, 120)).toContain(
      "hand-written samples, not a model's answers: support/summary [anthropic:large]",
    );
    expect(await plain(empty)).not.toContain('replayed');
  });

  it('says no more of recordings than is known: with nothing failed and nothing told, neither pass nor not', async () => {
    const open = { ...calm, verdict: { ...calm.verdict, verdict: 'unverified' as const, exitCode: 3 } };
    expect(await plain(open)).toContain('replayed: these recordings are not enough to tell; no model was asked');
    expect(await plain(open)).not.toContain('pass;');
    expect(await textOf(summary, open)).toContain('replayed: these recordings are not enough to tell;');
  });

  it('a tick stands beside nothing that only was tolerated or warned of, here as in the summary', async () => {
    const marks = async (input: ReportInput) => [
      (await plain(input, 120)).match(/^(.) support\/triage \[openai:small\] {2}/m)?.[1],
      (await textOf(summary, input)).match(/^(.) \d+ of \d+ cases? passed/m)?.[1],
    ];
    const warned = (status: 'failed' | 'unverified', level: 'warn' | 'error'): ReportInput => ({
      ...calm,
      verdict: {
        ...calm.verdict,
        checks: [
          { rule: 'newly-failing', level, status, message: 'm', prompt: 'support/triage', model: 'openai:small' },
        ],
      },
    });
    expect(await marks(calm)).toEqual(['✓', '✓']);
    expect(await marks(tolerated)).toEqual(['!', '!']);
    expect(await marks(warned('unverified', 'warn'))).toEqual(['!', '!']);
    expect(await marks(warned('failed', 'warn'))).toEqual(['!', '!']);
    expect(await marks(warned('unverified', 'error'))).toEqual(['?', '?']);
    expect(await marks(warned('failed', 'error'))).toEqual(['✗', '✗']);
  });

  it('counts the failures that were accepted apart, here as in the summary', async () => {
    expect(await plain(everything, 120)).toMatch(/^✗ support\/triage .* \d+ failed, 1 failed as accepted/m);
    expect(await textOf(summary, everything)).toMatch(/^✗ .* \d+ failed · 1 failed as accepted · /m);
  });

  it('shows ten failures, then how many more', async () => {
    const text = await plain(failing(14));
    expect(text.match(/^✗ support\/triage \[openai:small\] c\d+$/gm)).toHaveLength(10);
    expect(text).toContain('4 more failing cases: see report.json');
    expect(await plain(failing(10))).not.toContain('more failing');
  });

  it('ten in all, however many evals they are in', async () => {
    const cases: RawCase[] = Array.from({ length: 8 }, (_, index) => ({
      case: `c${index}`,
      raw: [completed('no', [scored(false, 'wrong')])],
    }));
    const text = await plain(inputOf(['m:a', 'm:b', 'm:c'].map((model) => ({ model, cases }))));
    expect(text.match(/^✗ support\/triage \[m:\w\] c\d+$/gm)).toHaveLength(10);
    expect(text).toContain('14 more failing cases: see report.json');
  });

  it('what repeats alike is told once, with how often', async () => {
    const wrong = completed('no', [scored(false, 'wrong')]);
    const right = completed('yes', [scored(true, 'equal')]);
    const text = await plain(inputOf([{ cases: [{ case: 'c', raw: [wrong, right, wrong] }] }]));
    expect(text.match(/equals \(accuracy\): wrong \(2 of 3 repeats\)/g)).toHaveLength(1);
  });

  it('with many evals, those without anything to say take a line', async () => {
    const [only] = calm.comparison.evals;
    if (!only) throw new Error('no eval');
    const many = { ...calm, comparison: { ...calm.comparison, evals: Array.from({ length: 9 }, () => only) } };
    expect((await plain(many)).split('\n').filter((line) => line.startsWith('  pass'))).toEqual([]);
    expect((await plain(many)).split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(9);
  });

  it('in colour it says the same', async () => {
    for (const input of [everything, calm, empty, tolerated]) {
      for (const width of [40, 80, 200]) {
        expect(withoutColor(await colored(input, width))).toBe(await plain(input, width));
      }
    }
    expect(await plain(everything)).not.toContain('\u001b');
  });

  it('no line is wider than the terminal, down to 40 columns', async () => {
    for (const input of [
      everything,
      calm,
      empty,
      tolerated,
      failing(3, '漢字 😀 '.repeat(100)),
      failing(2, 'x'.repeat(5000)),
    ]) {
      for (const width of [40, 41, 60, 80, 132]) {
        for (const line of (await plain(input, width)).split('\n'))
          expect([line, widthOf(line) <= width]).toEqual([line, true]);
      }
    }
  });

  it('columns are aligned', async () => {
    const rows = (await plain(everything)).split('\n').filter((line) => /^ {2}(pass|score|accuracy) /.test(line));
    expect(new Set(rows.slice(0, 3).map((row) => row.indexOf('→'))).size).toBe(1);
    expect(new Set(rows.slice(0, 3).map((row) => row.indexOf('regressed'))).size).toBe(1);
  });

  it('a break within a text makes no command of what follows', async () => {
    for (let length = 1; length < 60; length += 1) {
      const input = failing(1, `${'x'.repeat(length)}::error::owned ::warning::too`);
      const shown = await plain(input, 40);
      expect(shown).not.toMatch(/^\s*::/m);
      for (const line of shown.split('\n')) expect([line, widthOf(line) <= 40]).toEqual([line, true]);
    }
  });

  it('whatever a model wrote is text: no escape, no command to a CI system, no line beyond the width', async () => {
    const nasty = fc.constantFrom(
      '\u001b[31m',
      '\u001b]0;x\u0007',
      '::error::',
      '##[group]',
      '##vso[x]',
      '\n',
      '\r',
      '\t',
      ' ',
      '\u009b',
      '漢',
      '👩‍👩‍👧',
      '\u0301',
      '\u202e',
    );
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.array(nasty, { maxLength: 20 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(anything, fc.integer({ min: 1, max: 120 }), async (text, width) => {
        const detail = { expected: `a\n${text}`, actual: `${text}\nb` };
        const raw = [completed(text, [scored(false, text, { type: text, metric: text, detail })])];
        const prompt = { id: text, path: text, version: '1' };
        const input = inputOf([{ prompt, model: text, cases: [{ case: text, raw }] }], {
          notes: [text],
          circumstances: { reasons: [text] },
        });
        const shown = await plain(input, width);
        expect(shown).not.toMatch(/[^\P{Cc}\n]/u);
        expect(shown).not.toMatch(/^\s*::/m);
        expect(shown).not.toMatch(/##(vso)?\[/);
        for (const line of shown.split('\n'))
          expect([line, widthOf(line) <= Math.max(40, width)]).toEqual([line, true]);
        expect(withoutColor(await colored(input, width))).toBe(shown);
      }),
      { numRuns: 150 },
    );
  });
});

describe('columns', () => {
  it.each([
    ['abc', 3],
    ['漢字', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['😀', 2],
    ['עברית', 5],
    ['→', 1],
  ])('%s takes %d', (text, columns) => expect(widthOf(text)).toBe(columns));

  it('cut and wrapped texts fit and lose nothing silently', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 9, max: 60 }), (text, columns) => {
        const short = cut(text, columns);
        expect(widthOf(short)).toBeLessThanOrEqual(columns);
        expect(short === text || short.endsWith('…')).toBe(true);
        const lines = wrapped(text, columns);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});
