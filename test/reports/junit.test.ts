import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { junit } from '../../src/reports/junit.js';
import type { ReportInput } from '../../src/reports/report.js';
import { baselineOf, caseRun, defaults, trial } from '../gate/build.js';
import { completed, failed, inputOf, type RawCase, type RawEval, scored, textOf, unscored } from './build.js';
import { calm, empty, everything, HOSTILE, tolerated } from './scenario.js';
import { allOf, junitFaults, readXml } from './xml.js';
import { Room } from '../../src/reports/junit-room.js';
import { nameFor } from '../../src/reports/junit-xml.js';

const XSD = fileURLToPath(new URL('../../../shared/specs/junit-10.xsd', import.meta.url));
const canValidate = existsSync(XSD) && spawnSync('xmllint', ['--version']).status === 0;

async function written(input: ReportInput) {
  const xml = await textOf(junit, input);
  const root = readXml(xml);
  expect(junitFaults(root)).toEqual([]);
  return { xml, root };
}

const cases = (root: Awaited<ReturnType<typeof written>>['root']) =>
  Object.fromEntries(allOf(root, 'testcase').map((each) => [each.attributes.name, each]));

describe('the reader of this test', () => {
  it.each([
    '<a>',
    '<a></b>',
    '<a b="1" b="2"/>',
    '<a>&</a>',
    '<a>&#27;</a>',
    '<a>]]></a>',
    '<a/><b/>',
    '<a>\u0007</a>',
    '<a b=1/>',
  ])('refuses %j', (xml) => expect(() => readXml(xml)).toThrow());

  it('finds counts that are not those of the elements', () => {
    const root = readXml('<testsuites tests="1" failures="0" errors="0" skipped="0"/>');
    expect(junitFaults(root)).toEqual(['testsuites: skipped?', 'testsuites: tests is 1, but there are 0']);
  });
});

describe('a failure', () => {
  it('is told by a check that failed, not by one before it that could not be told', async () => {
    const raw = completed('', [unscored('the judge is down'), scored(false, 'not equal')]);
    const { root } = await written(inputOf([{ cases: [{ case: 'a', raw: [{ ...raw, pass: false, score: 0 }] }] }]));
    const [failure] = cases(root).a?.children ?? [];
    expect(failure?.attributes.message).toBe('equals (accuracy): not equal');
    expect(failure?.text).toContain('judge (tone) could not be scored: the judge is down');
  });
});

describe('junit.xml', () => {
  it.each(Object.entries({ everything, calm, empty, tolerated }))(
    '%s has the structure Jenkins demands',
    async (_, input) => {
      await written(input);
    },
  );

  it.skipIf(!canValidate)('is valid against junit-10.xsd (skipped without the schema and xmllint)', async () => {
    for (const input of [everything, calm, empty, tolerated, hostileInput(HOSTILE.repeat(50))]) {
      const { xml } = await written(input);
      expect(() =>
        execFileSync('xmllint', ['--noout', '--schema', XSD, '-'], { input: xml, stdio: 'pipe' }),
      ).not.toThrow();
    }
  });

  it('says which assertion failed and why, and what is accepted, quarantined, in trouble', async () => {
    const found = cases((await written(everything)).root);
    expect(found['double-charge']?.attributes.classname).toBe('support/triage [openai:small]');
    expect(found['double-charge']?.children[0]).toMatchObject({
      name: 'failure',
      attributes: { message: 'equals (accuracy): expected "billing", got "bug"' },
    });
    expect(found['old-bug']?.children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'accepted failure' },
    });
    expect(found.fixture?.children[0]?.attributes.message).toContain('quarantined until 2027-01-01');
    expect(found.b?.children[0]).toMatchObject({ name: 'error', attributes: { type: 'errored' } });
    expect(found.refund?.children).toEqual([]);
    expect(found.tone?.children[0]).toMatchObject({ name: 'error' });
    expect(found.c?.children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'not run: the budget is spent' },
    });
    const gate = allOf((await written(everything)).root, 'testcase').filter(
      (each) => each.attributes.classname === 'gate',
    );
    expect(gate.map((each) => each.children[0]?.attributes.message)).toEqual(['the budget of $5 is spent']);
  });

  it('provider trouble is an error', async () => {
    const { root } = await written(
      inputOf([{ cases: [{ case: 'a', raw: [failed('timeout', 'no answer in 30 s')] }] }]),
    );
    expect(cases(root).a?.children[0]).toMatchObject({
      name: 'error',
      attributes: { message: 'timeout: no answer in 30 s' },
    });
  });

  it('no model can end a text and begin an element of its own', async () => {
    const attack = ']]> ]]></failure></testcase><testcase name="forged"/> ]]>';
    const { root } = await written(hostileInput(attack));
    expect(Object.keys(cases(root))).not.toContain('forged');
    expect(allOf(root, 'failure')[0]?.text).toContain(attack);
  });

  it('caps messages and the whole file, and keeps those that did not pass', async () => {
    const long: RawCase[] = Array.from({ length: 450 }, (_, index) => ({
      case: `long-${index}`,
      raw: [completed('', [scored(false, '<"&'.repeat(3_000))])],
    }));
    const { xml, root } = await written(inputOf([{ cases: long }]));
    expect(Buffer.byteLength(xml)).toBeLessThan(20_000_000);
    for (const failure of allOf(root, 'failure')) {
      expect(Buffer.byteLength(failure.attributes.message ?? '')).toBeLessThanOrEqual(4096);
      expect(Buffer.byteLength(failure.text)).toBeLessThanOrEqual(4096);
      expect(failure.attributes.message).toMatch(/truncated \d+ bytes\]$|below the minimum/);
    }
    const omitted = allOf(root, 'property').find((each) => each.attributes.name === 'omitted');
    expect(omitted?.attributes.value).toMatch(/^\d+ testcases for want of room/);
    expect(allOf(root, 'testsuite').at(-1)?.attributes.name).toBe('gate');
  });

  it('of very many cases, those that did not pass are kept', async () => {
    const many: RawCase[] = Array.from({ length: 45_000 }, (_, index) => ({ case: `case-${index}`, raw: [] }));
    const bad = { case: 'bad', raw: [completed('', [scored(false, 'wrong')])] };
    const good = many.map((each) => ({ ...each, raw: [{ ...completed('', []), pass: true }] }));
    const { xml, root } = await written(inputOf([{ cases: [...good, bad] }]));
    expect(Buffer.byteLength(xml)).toBeLessThan(20_000_000);
    expect(cases(root).bad?.children[0]?.name).toBe('failure');
  });

  it('names are unique within a class, whatever they look like without control characters', async () => {
    const same: RawCase[] = ['a\u0001', 'a', 'a ', 'a (2)'].map((id) => ({ case: id, raw: [completed('', [])] }));
    const { root } = await written(
      inputOf([{ cases: [...same, { case: 'x'.repeat(1e6), raw: [completed('', [])] }] }]),
    );
    const names = allOf(root, 'testcase').map((each) => `${each.attributes.classname}/${each.attributes.name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(Math.max(...names.map((each) => each.length))).toBeLessThan(1000);
  });
});

function hostileInput(text: string): ReportInput {
  const raw = [
    completed(text, [scored(false, text, { type: text, metric: text, detail: { expected: text, actual: text } })]),
  ];
  return inputOf(
    [
      {
        prompt: { id: text, path: text, version: text, owner: text },
        model: text,
        cases: [
          { case: text, raw },
          { case: `${text}2`, raw: [failed('server', text)] },
          { case: `${text}3`, raw: [completed(text, [unscored(text)])] },
          { case: `${text}4`, raw, quarantine: { until: text, why: text } },
        ],
      },
    ],
    { notes: [text], circumstances: { reasons: [text] } },
  );
}

/** Any evals: passing, failing, unscored, errored, skipped, quarantined, critical; with and without a baseline and minimum. */
const anyEval = fc
  .record({
    minPassRate: fc.constantFrom(undefined, 0, 0.5, 1),
    maxMissing: fc.constantFrom(0, 0.5, 1),
    newlyFailing: fc.constantFrom<'error' | 'warn' | 'off'>('error', 'warn', 'off'),
    before: fc.option(fc.array(fc.constantFrom<0 | 1>(0, 1), { minLength: 8, maxLength: 8 }), { nil: undefined }),
    cases: fc.array(
      fc.record({
        raw: fc.array(fc.constantFrom('pass', 'fail', 'unscored', 'errored', 'skipped'), { maxLength: 3 }),
        critical: fc.boolean(),
        quarantined: fc.boolean(),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ minPassRate, maxMissing, newlyFailing, before, cases: rows }): RawEval => {
    const kinds = {
      pass: completed('yes', [scored(true, 'equal')]),
      fail: completed('no', [scored(false, 'differs')]),
      unscored: completed('eh', [unscored('no JSON')]),
      errored: failed('server', 'status 500'),
      skipped: { status: 'skipped' as const, reason: 'stopped' },
    };
    const rules = { ...defaults.rules, 'newly-failing': newlyFailing };
    return {
      gate: { ...defaults, maxMissing, rules, ...(minPassRate !== undefined && { minPassRate }) },
      ...(before && { baseline: baselineOf(before.map((pass, index) => caseRun(`c${index}`, [trial(pass)]))) }),
      cases: rows.map(({ raw, critical, quarantined }, index) => ({
        case: `c${index}`,
        raw: raw.map((kind) => kinds[kind as keyof typeof kinds]),
        tags: critical ? ['critical'] : [],
        ...(quarantined && { quarantine: { until: '2027-01-01', why: 'x' } }),
      })),
    };
  });

describe('laws', () => {
  it('agrees with the verdict: failures where it failed, errors where it could not be told, neither where it passed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEval, { maxLength: 3 }), async (evals) => {
        const named = evals.map((each, index) => ({ ...each, model: `openai:m${index}` }));
        const input = inputOf(named);
        const { root } = await written(input);
        const [failures, errors] = [allOf(root, 'failure').length, allOf(root, 'error').length];
        const { verdict } = input.verdict;
        if (verdict === 'passed') expect([failures, errors]).toEqual([0, 0]);
        if (verdict === 'failed') expect(failures).toBeGreaterThan(0);
        if (verdict === 'unverified') expect([failures, errors > 0]).toEqual([0, true]);
        const planned = named.reduce((sum, each) => sum + each.cases.length, 0);
        expect(allOf(root, 'testcase').length).toBe(planned + input.verdict.checks.length);
      }),
      { numRuns: 60 },
    );
  });

  it('is well formed whatever stands anywhere', async () => {
    const nasty = fc.constantFrom(
      ']]>',
      '<![CDATA[',
      '&#27;',
      '&',
      '<',
      '"',
      '\u001b[',
      '\u0000',
      '\ud800',
      '\ufffe',
      '-->',
      '\r\n',
      '\u202e',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(nasty, { maxLength: 12 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        const { root } = await written(hostileInput(each));
        expect(allOf(root, 'testsuite')).toHaveLength(2);
      }),
      { numRuns: 150 },
    );
  });
});

it.each([
  ['a  b', 'a b'],
  [' a ', 'a'],
  ['a\nb', 'a b'],
  ['größe 1', 'größe 1'],
  ['a & <b> "c"', 'a & <b> "c"'],
])('the name %j stands there as %j', (given, name) => {
  expect(nameFor(given)).toBe(name);
});

it('room is counted by the class that a testcase has', () => {
  const room = new Room({ comparison: { evals: [] } as unknown as ReportInput['comparison'] });
  const failure = { kind: 'failure', message: '', type: '' } as const;
  expect(room.take('short', 'a', failure, true)).toBe(true);
  expect(room.take('x'.repeat(19_000_000), 'b', failure, true)).toBe(false);
  expect(room.take('short', 'c', failure, true)).toBe(true);
});
