import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/policy/apply.js';
import { asGithub } from '../../src/policy/formats/github.js';
import { asJson } from '../../src/policy/formats/json.js';
import { asSarif } from '../../src/policy/formats/sarif.js';
import { sarifSchema } from './sarif-schema.js';

const FINDINGS: Finding[] = [
  {
    code: 'unknown-owner',
    level: 'error',
    message: 'the owner "@a" is in no CODEOWNERS file',
    remedy: 'Name one.',
    place: { file: 'evals/a b/100%#1,2:3.prompt.md', line: 2, column: 1 },
  },
  { code: 'bad-yaml', level: 'warn', message: 'two\r\nlines: 50 %\n::error::x', remedy: 'Mend it.', place: undefined },
];

describe('formats', () => {
  test('JSON: each with all its keys', () => {
    expect(JSON.parse(asJson(FINDINGS))).toEqual({
      problems: [
        {
          code: 'unknown-owner',
          level: 'error',
          file: 'evals/a b/100%#1,2:3.prompt.md',
          line: 2,
          column: 1,
          message: 'the owner "@a" is in no CODEOWNERS file',
          remedy: 'Name one.',
        },
        {
          code: 'bad-yaml',
          level: 'warn',
          file: null,
          line: null,
          column: null,
          message: 'two\r\nlines: 50 %\n::error::x',
          remedy: 'Mend it.',
        },
      ],
    });
    expect(JSON.parse(asJson([]))).toEqual({ problems: [] });
  });

  test('GitHub: one command a line, whatever stands in it', () => {
    expect(asGithub(FINDINGS, 'sub').trimEnd().split('\n')).toEqual([
      '::error file=sub/evals/a b/100%25#1%2C2%3A3.prompt.md,line=2,col=1,title=unknown-owner::the owner "@a" is in no CODEOWNERS file%0AName one.',
      expect.stringMatching(/^::warning title=bad-yaml::two(?:%0D)?%0Alines: 50 %25%0A: :error: ?:x%0AMend it\.$/),
    ]);
    expect(asGithub([], '')).toBe('');
  });

  test('SARIF 2.1.0: valid against what the standard requires, with places from the top of the repository', () => {
    const log = JSON.parse(asSarif(FINDINGS, { version: '1.2.3', prefix: 'sub' }));
    const validate = new Ajv({ strict: false }).compile(sarifSchema);
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(JSON.parse(asSarif([], { version: '1.2.3', prefix: '' })))).toBe(true);
    const [run] = log.runs;
    expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
      'sub/evals/a%20b/100%25%231,2:3.prompt.md',
    );
    expect(
      run.results.map((each: { ruleId: string; ruleIndex: number }) => run.tool.driver.rules[each.ruleIndex].id),
    ).toEqual(FINDINGS.map(({ code }) => code));
    expect(run.results[1]).toMatchObject({ level: 'warning', locations: [] });
    // What to do about one finding is said there: of a rule stands what does for all.
    for (const { help } of run.tool.driver.rules) {
      expect(FINDINGS.map(({ remedy }) => remedy)).not.toContain(help.text);
    }
  });
});
