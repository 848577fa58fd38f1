import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summary } from '../../src/reports/summary.js';
import { baselineOf, caseRun, trial } from '../gate/build.js';
import { completed, inputOf, type RawEval, scored, textOf } from './build.js';
import { calm, everything, HOSTILE } from './scenario.js';

const failing = (id: string, reason: string, model = 'openai:m', path = 'evals/p.prompt.md'): RawEval => ({
  prompt: { id, path, version: '1' },
  model,
  baseline: baselineOf([caseRun('c', [trial(1, { scores: { accuracy: 1 } })])], { version: '1' }),
  cases: [{ case: 'c', raw: [completed('', [scored(false, reason)])] }],
});

describe('summary.md', () => {
  it('begins with the verdict, says what regressed and how to reproduce it', async () => {
    const text = await textOf(summary, everything);
    expect(text.split('\n')[0]).toBe('## assay: failed (incomplete)');
    expect(text).toContain('| **pass** | 0.833 | 0.333 | −0.500 |');
    expect(text).toContain('npx assay eval evals/support/triage.prompt.md --model openai:small --mode replay');
    expect(await textOf(summary, calm)).toMatch(/^## assay: passed\n/);
  });

  it('stays under 60 KB, says how much is missing, and shows what is open first', async () => {
    const evals = Array.from({ length: 400 }, (_, index) =>
      failing(`p${index}`, HOSTILE.repeat(20), `openai:m${index}`),
    );
    const good = { ...failing('fine', ''), cases: [{ case: 'c', raw: [completed('', [scored(true, 'equal')])] }] };
    const text = await textOf(summary, inputOf([good, ...evals]));
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(text).toMatch(/\d+ more evals: see report\.json/);
    expect(text).toMatch(/\d+ more reasons: see report\.json/);
    expect(text).toMatch(/380 more failing cases: see report\.json/);
    expect(text).not.toContain('### fine');
  });

  it('stays under 60 KB, too, where escaping makes every text several times as long', async () => {
    const long = '&<@a'.repeat(300);
    const evals = Array.from({ length: 40 }, (_, index) => failing(`p${index}${long}`, long, `openai:m${index}`));
    const many = Array.from({ length: 40 }, (_, index) => `${index}${long}`);
    const text = await textOf(summary, inputOf(evals, { notes: many, circumstances: { reasons: many } }));
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(text).toContain('### Failing cases');
  });

  it('never offers a command that a shell could read as more than words', async () => {
    for (const path of [
      'evals/$(touch x).prompt.md',
      'evals/a;b.prompt.md',
      '--allow-code',
      'evals/`x`.prompt.md',
      'a b',
      "a'b",
      'a\nb',
    ]) {
      expect(await textOf(summary, inputOf([failing('p', 'no', 'openai:m', path)]))).not.toContain('npx assay');
    }
  });

  it('no text breaks out of its line, its cell or into markup', async () => {
    const nasty = fc.constantFrom(
      '|',
      '\n',
      '`',
      '```',
      '<img>',
      '@octocat',
      '#1',
      '![x](y)',
      '**',
      '\\',
      '\r',
      '\u001b[',
      '&lt;',
      '~~~',
      '- ',
      '# ',
    );
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(nasty, { maxLength: 10 }).map((all) => all.join('')),
    );
    const shape = (text: string) =>
      text.split('\n').map((line) => line.match(/^(?:#+ |- |\||```|[A-Z]\w+ ?\w*:)?/)?.[0]);
    const harmless = shape(await textOf(summary, hostile('x')));
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const written = await textOf(summary, hostile(text));
        const outside = written.replace(/```sh\n.*?\n```/s, '');
        expect(outside).not.toMatch(/<|[^\\]```|(?<!\\)!\[|@\w/);
        for (const line of written.split('\n').filter((each) => each.startsWith('|'))) {
          expect(line.replace(/\\[\s\S]/g, '').match(/\|/g)).toHaveLength(7);
        }
        expect(shape(written).filter((each) => each !== '').length).toBe(harmless.filter((each) => each !== '').length);
      }),
      { numRuns: 150 },
    );
  });
});

/** One failing eval with this text wherever a text of others is shown. */
function hostile(text: string) {
  const raw = [completed(text, [scored(false, text, { metric: `m${text}`, type: text })])];
  return inputOf(
    [{ prompt: { id: `p${text}`, path: '$', version: '1' }, model: `m${text}`, cases: [{ case: `c${text}`, raw }] }],
    {
      notes: [`n${text}`],
      circumstances: { reasons: [`r${text}`] },
    },
  );
}
