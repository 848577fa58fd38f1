import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problems, UserError } from '../../src/errors.js';
import type { Place, Problem } from '../../src/vocabulary.js';
import { allHelp } from '../docs/run.js';
import { PACKAGE } from '../support/project.js';

type Catalogue = typeof problems;
type Code = keyof Catalogue;

const AT: Place = { file: 'evals/support/triage.cases.yaml', line: 7, column: 13 };
const FIRST: Place = { file: 'evals/support/triage.cases.yaml', line: 3, column: 5 };
const CHANGE = { field: 'the version of support/triage', was: '0123456789ab', is: 'ba9876543210' };

/** What each code may be told of, in all its variants. A code without a sample does not compile, and fails below. */
const SAMPLES: { [Each in Code]: Parameters<Catalogue[Each]>[] } = {
  'accept-stopped': [['interrupted'], ['time spent: the run may take 60 s (--max-time)']],
  'against-run': [['reports/run.jsonl']],
  'bad-allowed-host': [['https://api.example.com/v1']],
  'bad-assertion': [['regex', 'its pattern cannot be read', 'Close the bracket.', AT]],
  'bad-csv': [['a quote is not closed', AT]],
  'bad-delimiters': [['{{=<%=}}', AT]],
  'bad-front-matter': [['owner support', AT]],
  'bad-id': [['a ', 'it begins or ends with a blank', AT]],
  'bad-json': [['a comma is missing', AT]],
  'bad-load-argument': [['the id']],
  'bad-lock': [['it is no lock file of prompts']],
  'bad-model': [['gpt-5-mini']],
  'bad-model-name': [['gpt-5-mini', AT]],
  'bad-path': [['"queue" is no JSONPath: it must begin with "$", as in $.name', AT]],
  'bad-provider': [['local', '"command" is missing', 'Write command: [node, app.mjs].']],
  'bad-root': [['/srv/app', 'ENOENT']],
  'bad-row': [['the line is no JSON object', 'Write one JSON object per line.', AT]],
  'bad-schema': [['input', 'type must be one of the seven types', AT]],
  'bad-tag-name': [['#if x', AT]],
  'bad-transform': [['"trimm" is no transform', 'Write one of trim, lowercase.', AT]],
  'bad-url': [['local', 'it is no http or https address']],
  'bad-variable': [['ASSAY_MODE', 'reply', 'Use replay, record or live.']],
  'bad-variables': [
    ['support/triage', ['"ticket" is missing', '"tickets" is neither declared nor used'], {}],
    ['support/triage', ['"ticket" is missing']],
  ],
  'bad-yaml': [['a mapping is not closed', AT]],
  'baseline-changed': [['evals/support/triage.baseline.json']],
  'baseline-conflict': [[AT]],
  'baseline-for-nobody': [['old/triage.baseline.json']],
  'baseline-version': [['2', AT]],
  'baseline-without-prompt': [['triage', AT]],
  'cannot-score': [['judge', 'there is no judge to ask', 'Set judge in assay.config.yaml.', AT]],
  'cannot-write': [['reports/run.jsonl', 'the disk is full']],
  'case-without-assertion': [['double-charge', AT]],
  'cases-without-prompt': [['triage', AT]],
  'changed-lock': [['support/triage', '0123456789ab']],
  'chain-not-run': [['evals/support/intake.chain.yaml', AT]],
  'changed-since': [['reports/run.jsonl', CHANGE]],
  'circular-partial': [[['tone', 'style', 'tone'], AT]],
  'code-not-allowed': [['provider "app" (exec)', AT]],
  'corrupt-journal': [['reports/run.jsonl', 'line 3 is no JSON', AT]],
  'costly-glob': [['evals/{a,b}{a,b}*', 'more than 1000 alternatives in braces']],
  'doubled-shard': [['2/4', 'shards/2', 'shards/two']],
  'duplicate-id': [
    ['case', 'double-charge', 'double-charge', FIRST, AT],
    ['case', 'Double', 'double', FIRST, AT],
    ['prompt', 'support/triage', 'support/triage', FIRST, AT],
  ],
  'duplicate-key': [['owner', AT]],
  'duplicate-model': [['openai:gpt-5-mini', AT]],
  'a-partial': [['evals/_partials/tone.md']],
  'empty-library': [[['evals', 'more/evals']]],
  'empty-run': [['reports/run.jsonl', 'no prompt is affected: no file changed since main (1a2b3c4)']],
  'empty-template': [[AT]],
  'expected-twice': [[AT]],
  'filtered-run': [['reports/run.jsonl']],
  'flags-exclude': [['--against', '--baseline']],
  'foreign-shard': [['shards/2', CHANGE]],
  'forbidden-name': [['__proto__', AT]],
  'git-failed': [['a committed file', 'bad object HEAD']],
  'host-not-allowed': [['partner', 'llm.example.com']],
  'incomplete-run': [['reports/run.jsonl']],
  'inexact-number': [[AT]],
  'input-mismatch': [['vars.ticket must be text, not 3', AT]],
  'key-not-allowed': [['partner', 'GITHUB_TOKEN']],
  'line-too-long': [['fixtures/data.jsonl', 16_000_000, AT]],
  locked: [['reports/run.jsonl.lock']],
  'merged-into-shard': [['reports']],
  'merge-conflict': [[AT]],
  'message-condition': [['user', AT]],
  'misnamed-file': [['evals/triage.case.yml', 'triage.cases.yaml', AT]],
  'missing-key': [
    ['openai', ['OPENAI_API_KEY']],
    ['app', ['APP_TOKEN', 'APP_KEY']],
  ],
  'missing-partial': [['tone', AT]],
  'missing-shard': [[['1/4']], [['1/4', '3/4']]],
  'missing-value': [
    ['equals', true, AT],
    ['regex', false, AT],
  ],
  'missing-variable': [
    [['ticket'], ['evals/support/triage.prompt.md:8:3'], AT],
    [['ticket', 'name'], [], AT],
  ],
  'model-not-allowed': [['openai:gpt-4', ['openai:gpt-5*', 'local:*'], AT]],
  'nested-message': [['user', 'system', AT]],
  'never-accepted': [['support/triage', AT]],
  'no-case': [['support/triage']],
  'no-embeddings': [['anthropic:claude-opus-4', AT]],
  'no-file-system': [['support/triage']],
  'no-fast-glob': [[['evals/@(a|b)*']]],
  'no-git': [['the commit "main"']],
  'no-journal': [['reports/run.jsonl']],
  'no-merge-base': [[undefined], ['origin/main']],
  'no-target-branch': [['release']],
  'unreadable-before': [['support/triage', 'origin/main', 'evals/support/triage.prompt.md']],
  'no-message': [[AT]],
  'no-models': [['support/triage', AT]],
  'no-repository': [['/home/ana/project']],
  'no-such-file': [['fixtures/tickets.csv', AT]],
  'no-such-metric': [
    ['acuracy', ['pass', 'score', 'accuracy'], 'accuracy', AT],
    ['breif', ['pass', 'score', 'accuracy']],
  ],
  'not-a-plain-file': [['reports/report.json']],
  'not-a-shard': [['reports']],
  'not-a-report': [['runs/report.json', 'it is no JSON']],
  'not-an-ancestor': [
    ['v1', 'main', false],
    ['main', 'v1', true],
  ],
  'not-comparable': [['runs/run.jsonl']],
  'not-one-prompt': [['evals/support', ['support/triage', 'support/refund']]],
  'not-in-commit': [['support/triage', 'v1']],
  'not-in-run': [['evals/other.prompt.md']],
  'not-utf8': [['evals/triage.prompt.md', 'it begins like UTF-16', AT]],
  'nothing-to-compare': [['mian']],
  'old-version-misfit': [['the version at v1', 'case double-charge: it needs "topic"']],
  'one-version-only': [['support/triage']],
  'other-run': [['reports/run.jsonl', CHANGE]],
  'outside-root': [['../secrets.yaml', 'it leads outside', AT]],
  'permission-in-file': [['ASSAY_ALLOW_CODE', '.env.ci']],
  'prompt-without-cases': [['support/triage', AT]],
  'quarantine-expired': [['double-charge', '2026-01-31', AT]],
  'recording-changed': [['fixtures/recordings/support/triage.jsonl']],
  'recording-conflict': [[AT]],
  'ref-not-fetched': [['origin/main']],
  'refresh-without-record': [['replay']],
  'repeats-range': [[8, 1, AT]],
  'required-key': [['type', 'assert[0]', AT]],
  'required-metadata': [['support/triage', 'owner', AT]],
  'reserved-metric': [['pass', AT]],
  'same-version': [['support/triage', 'v1', 'main', '0123456789ab']],
  'shallow-clone': [[]],
  'shard-run': [['reports/run.jsonl', '2/4']],
  'takes-none': [['cost', 'value', AT]],
  'too-few-repeats': [
    ['at-least-3', 3, 1, AT],
    ['pass@5', 5, 2],
  ],
  'template-too-large': [['its partials hold more than 1000000 characters', AT]],
  'text-beside-messages': [['You are kind.', AT]],
  'too-deep': [[100, AT]],
  'too-few-cases': [
    ['support/triage', 1, 0, 5, AT],
    ['support/triage', 3, 2, 5, AT],
  ],
  'too-large': [[64_000_000, AT]],
  'too-many-aliases': [[AT]],
  'too-many-problems': [[12, AT]],
  'unclosed-front-matter': [[AT]],
  'unclosed-section': [['system', AT]],
  'unclosed-tag': [['{{ticket', AT]],
  'unconfigured-provider': [['outputs', 'the key "path" is missing', AT]],
  'undated-judge': [['openai:gpt-5', AT]],
  'undeclared-variable': [
    ['tickett', 'ticket', AT],
    ['name', undefined, AT],
  ],
  'unevaluated-prompt': [['support/triage', AT]],
  'unexplained-constraint': [['never', AT]],
  'unknown-assertion': [
    ['equal', 'equals', AT],
    ['good', undefined, AT],
  ],
  'unknown-case': [
    ['support/triage', 'double-chrage', 'double-charge'],
    ['support/triage', 'x', undefined],
  ],
  'unknown-data-format': [['tickets.xlsx', AT]],
  'unknown-key': [
    ['expectd', 'expected', AT],
    ['colour', undefined, AT],
  ],
  'unknown-owner': [['@suport', '.github/CODEOWNERS', AT]],
  'unknown-path': [
    ['evals/nothing', undefined],
    ['tirage', 'support/triage'],
  ],
  'unknown-price': [['local:llama', '--max-cost']],
  'unknown-load-option': [['support/triage', ['versio'], ['root', 'version', 'lock']]],
  'unknown-prompt': [
    ['support/tirage', 'the lock file', 'support/triage'],
    ['x', 'evals', undefined],
  ],
  'unknown-provider': [
    ['opnai', 'opnai:gpt-5', ['mock', 'openai'], 'openai'],
    ['mine', 'mine:gpt-5', ['mock', 'openai']],
  ],
  'unknown-ref': [['origin/mian']],
  'unlogged-version': [['support/triage', '0123456789ab', 'ba9876543210', AT]],
  'unopened-section': [['system', AT]],
  'unreadable-file': [['evals/triage.prompt.md', 'it is a folder', AT]],
  'unreadable-recording': [['it is no JSON', AT]],
  'unused-partial': [['evals/_partials/tone.md', AT]],
  'unused-variable': [
    ['tickett', 'ticket', AT],
    ['name', undefined, AT],
  ],
  'unverified-run': [[['12 of 60 not recorded', 'nothing was run']]],
  'version-mismatch': [['support/triage', '0123456789ab', 'ba9876543210']],
  'wrong-type': [['owner', 'text', '3', AT]],
  'wrong-value': [
    ['mode', 'must be one of replay, record, live', 'replay', AT],
    ['threshold', 'must be from 0 to 1, not 2', undefined, AT],
  ],
};

interface Made {
  code: string;
  problem: Problem;
  args: unknown[];
}

/** A problem for every sample. */
const made: Made[] = Object.entries(SAMPLES).flatMap(([code, samples]) =>
  samples.flatMap((args) => {
    // Each list of samples has the types of its own maker; over all of them only this can be said.
    const make: unknown = Reflect.get(problems, code);
    if (typeof make !== 'function') return [];
    const problem: Problem = make(...args);
    return [{ code, problem, args }];
  }),
);

const codes = Object.keys(problems).toSorted();

/** A problem as a user sees it. */
function screen({ code, message, place, remedy }: Problem): string {
  const where = place ? `${place.file}:${place.line}:${place.column}  ` : '';
  return `${code}\n  ${where}error: ${message}\n      ${remedy}\n`;
}

describe('the catalogue of mistakes', () => {
  it('says what it says', async () => {
    const text = made.map(({ problem }) => screen(problem)).join('\n');
    await expect(text).toMatchFileSnapshot('golden/problems.txt');
  });

  it('has a sample of each, and none besides', () => {
    expect([...new Set(made.map(({ code }) => code))].toSorted()).toEqual(codes);
    expect(Object.keys(SAMPLES).toSorted()).toEqual(codes);
  });

  it.each(made)('$code: one line of what happened, whole sentences of what to do, at its place', (each) => {
    const { code, problem, args } = each;
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(/^\S(?:.*[^\s.,:;!?])?$/u);
    expect(problem.remedy).toMatch(/^[A-Z`](?:.*[^\s.,:;!?])?[.?]$/u);
    expect(problem.message + problem.remedy).not.toMatch(/undefined|\[object|NaN|null| {2}/);
    expect(problem.place).toEqual(args.includes(AT) ? AT : undefined);
  });

  it('holds no mistake that nobody can make', () => {
    const src = join(PACKAGE, 'src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('errors'),
    );
    const text = files.map((file) => readFileSync(join(src, file), 'utf8')).join('\n');
    expect(codes.filter((code) => !text.includes(`['${code}']`) && !text.includes(`.${code}(`))).toEqual([]);
  });

  it('advises what the command line has', async () => {
    const known = new Set((await allHelp()).match(/--[a-z][a-z-]*|(?<=^ {2})[a-z]+(?= )/gm));
    const advice = made.map(({ problem }) => problem.remedy).join(' ');
    const named = advice.match(/--[a-z][a-z-]*|(?<=`assay )[a-z]+/g) ?? [];
    expect(named).toEqual(expect.arrayContaining(['--allow-code', 'accept']));
    expect(named.filter((word) => !known.has(word))).toEqual([]);
  });
});

describe('a user error', () => {
  it('carries its problems and the exit code, 2 unless told otherwise', () => {
    const list = [problems['bad-model']('x'), problems['no-such-file']('y')];
    expect(new UserError(list)).toMatchObject({
      problems: list,
      exitCode: 2,
      message: '"x" is no model\nthere is no file y',
    });
    expect(new UserError(list, 3).exitCode).toBe(3);
  });
});
