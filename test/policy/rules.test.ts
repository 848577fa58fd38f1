import { describe, expect, test } from 'vitest';
import { applyPolicy } from '../../src/policy/apply.js';
import { ownersOf } from '../../src/policy/codeowners.js';
import { policyRules } from '../../src/policy/map.js';
import type { CheckedPrompt, PolicyFacts } from '../../src/policy/rule.js';
import { configSchema } from '../../src/schemas/config.js';
import { problems } from '../../src/errors.js';
import type { Prompt } from '../../src/vocabulary.js';

const PATH = 'evals/support/triage.prompt.md';

function promptOf(rest: Partial<Prompt> = {}): Prompt {
  return {
    id: 'support/triage',
    path: PATH,
    version: '0123456789ab',
    tags: [],
    models: [{ model: 'openai:gpt-5-mini' }],
    parameters: {},
    structured: 'auto',
    tools: [],
    repeats: { min: 1, max: 1 },
    gate: {} as Prompt['gate'],
    changelog: [],
    template: [],
    partials: [],
    constraints: [],
    caseFiles: ['evals/support/triage.cases.yaml'],
    ...rest,
  };
}

function factsOf(rest: Partial<PolicyFacts> = {}, prompt: Partial<Prompt> = {}, checked: Partial<CheckedPrompt> = {}) {
  const facts: PolicyFacts = {
    policy: {},
    prompts: [{ prompt: promptOf(prompt), cases: 5, quarantined: 0, accepted: true, graders: new Map(), ...checked }],
    complete: true,
    partials: [],
    template: () => ({ text: '', line: 1 }),
    place: ({ path }, key) => ({ file: path, line: key.length, column: 1 }),
    configPlace: (...keys) => ({ file: 'assay.config.yaml', line: keys.length, column: 1 }),
    ...rest,
  };
  return facts;
}

function codesOf(facts: PolicyFacts): string[] {
  return applyPolicy(facts).map(({ code, level, place }) => `${level} ${code} ${place?.file}:${place?.line}`);
}

describe('the rules', () => {
  test('each is a key of the config, with a problem of its name in the catalogue', () => {
    const codes = policyRules.map(({ code }) => code);
    expect(codes).toEqual(Object.keys(configSchema.properties.policy.properties.rules.properties));
    expect(codes).toEqual(codes.toSorted());
    expect(codes.every((code) => code in problems)).toBe(true);
  });

  test('nothing is asked of a library without a policy', () => {
    expect(codesOf(factsOf())).toEqual([]);
  });

  test.each([
    ['an owner', 'owner', {}, true],
    ['an owner that is blank', 'owner', { owner: ' ' }, true],
    ['an owner', 'owner', { owner: '@a' }, false],
    ['a changelog', 'changelog', {}, true],
    ['a changelog', 'changelog', { changelog: [{ date: '2026-11-22', why: 'x' }] }, false],
    ['tags', 'tags', {}, true],
    ['an output', 'output', { output: {} }, false],
  ])('%s (%s) %j', (_what, key, prompt, missing) => {
    const found = codesOf(factsOf({ policy: { require: [key] } }, prompt));
    expect(found).toEqual(missing ? [`error required-metadata ${PATH}:${key.length}`] : []);
  });

  test.each([
    ['openai:*', []],
    ['openai:gpt-5*', []],
    ['*', []],
    ['gpt-5-mini', [`error model-not-allowed ${PATH}:6`]],
    ['openai:gpt-5', [`error model-not-allowed ${PATH}:6`]],
    ['openai:gpt-5.mini', [`error model-not-allowed ${PATH}:6`]],
  ])('models: %s', (pattern, found) => {
    expect(codesOf(factsOf({ policy: { models: [pattern] } }))).toEqual(found);
  });

  test('a pattern of models matches slashes; the judge is a model, too', () => {
    const models = [{ model: 'router:meta/llama-4' }];
    const policy = { models: ['router:*'] };
    expect(codesOf(factsOf({ policy, judge: 'router:judge' }, { models }))).toEqual([]);
    expect(codesOf(factsOf({ policy, judge: 'openai:judge' }, { models }))).toEqual([
      'error model-not-allowed assay.config.yaml:2',
    ]);
  });

  test('a model that an assertion names is held to it at the assertion’s place', () => {
    const place = { file: 'evals/support/triage.cases.yaml', line: 3, column: 5 };
    const graders = new Map([
      [place, 'anthropic:claude-x-2026-01-01'],
      [{ ...place, line: 4 }, 'openai:text-embedding-3-small'],
    ]);
    const found = codesOf(factsOf({ policy: { models: ['openai:*'] } }, {}, { graders }));
    expect(found).toEqual([`error model-not-allowed ${place.file}:3`]);
  });

  test('what several prompts take from the config is told once', () => {
    const place = () => ({ file: 'assay.config.yaml', line: 1, column: 1 });
    const facts = factsOf({ policy: { models: ['x:*'] }, place });
    const [one] = facts.prompts;
    expect(applyPolicy({ ...facts, prompts: one ? [one, { ...one }] : [] })).toHaveLength(1);
  });

  test('cases in quarantine do not count', () => {
    const policy = { minCases: 5 };
    const few = `error too-few-cases evals/support/triage.cases.yaml:1`;
    expect(codesOf(factsOf({ policy }))).toEqual([]);
    expect(codesOf(factsOf({ policy }, {}, { quarantined: 1 }))).toEqual([few]);
    expect(codesOf(factsOf({ policy }, {}, { quarantined: 5 }))).toEqual([few, `warn unevaluated-prompt ${PATH}:1`]);
  });

  test('a changed version needs a new entry, and none where nothing changed or nothing was', () => {
    const old = [{ date: '2026-01-01', why: 'first' }];
    const entry = { date: '2026-11-22', why: 'second' };
    const before = new Map([['support/triage', { version: 'ba9876543210', changelog: old }]]);
    const required = { require: ['changelog'] };
    const unlogged = `unlogged-version ${PATH}:9`;
    expect(codesOf(factsOf({ before, policy: required }, { changelog: old }))).toEqual([`error ${unlogged}`]);
    expect(codesOf(factsOf({ before }, { changelog: old }))).toEqual([`warn ${unlogged}`]);
    expect(codesOf(factsOf({ before }, { changelog: [...old, entry] }))).toEqual([]);
    expect(codesOf(factsOf({ before }, { changelog: [entry, ...old] }))).toEqual([]);
    expect(codesOf(factsOf({ before }, { changelog: [...old, { ...entry, why: ' ' }] }))).toEqual([`warn ${unlogged}`]);
    expect(codesOf(factsOf({ before }, { changelog: [] }))).toEqual([`warn ${unlogged}`]);
    expect(codesOf(factsOf({ before }, { version: 'ba9876543210', changelog: old }))).toEqual([]);
    expect(codesOf(factsOf({ before: new Map() }, { changelog: old }))).toEqual([]);
  });

  test('a partial that nobody includes, where all prompts are known', () => {
    const partials = ['evals/_partials/old.md', 'evals/_partials/tone.md'];
    const used = { partials: ['evals/_partials/tone.md'] };
    expect(codesOf(factsOf({ partials }, used))).toEqual(['warn unused-partial evals/_partials/old.md:1']);
    expect(codesOf(factsOf({ partials, complete: false }, used))).toEqual([]);
  });

  test('levels are the config’s, over those of the rules', () => {
    const policy = { rules: { 'never-accepted': 'error', 'unused-partial': 'off' } } as const;
    const facts = factsOf({ policy, partials: ['evals/_partials/old.md'] }, {}, { accepted: false });
    expect(codesOf(facts)).toEqual([`error never-accepted ${PATH}:1`]);
  });
});

describe('constraints', () => {
  const found = (lines: readonly string[], whys: boolean | string[] = true) =>
    applyPolicy(factsOf({ policy: { whys }, template: () => ({ text: lines.join('\n'), line: 10 }) })).map(
      ({ message, place }) => `${/\("(.*?)"\)/.exec(message)?.[1]} ${place?.line}:${place?.column}`,
    );

  test('need a reason beside them: on the line, before it or after it', () => {
    expect(found(['You must be kind.', '', 'Never lie.'])).toEqual(['must 10:5', 'Never 12:1']);
    expect(found(['{{! why: x }}', 'You must be kind.'])).toEqual([]);
    expect(found(['You must be kind.', '{{! why: x }}'])).toEqual([]);
    expect(found(['You must be kind. {{! why: x }}'])).toEqual([]);
    expect(found(['{{! why: x', 'and y }}', 'You must be kind.'])).toEqual([]);
    expect(found(['{{! why: x }}', '', 'You must be kind.'])).toEqual(['must 12:5']);
    expect(found(['{{! because }}', 'You must be kind.'])).toEqual(['must 11:5']);
  });

  test('are whole words outside of tags, in any case; or words of the policy', () => {
    expect(found(['a mustard {{must}} {{! must }}', 'DO  NOT go', "Don't"])).toEqual(['DO  NOT 11:1', "Don't 12:1"]);
    expect(found(['Exactly three words, never more.'], ['exactly'])).toEqual(['Exactly 10:1']);
    expect(found(['Auf keinen Fall übermäßig'], ['auf keinen fall'])).toEqual(['Auf keinen Fall 10:1']);
    expect(found(['a.b', 'axb'], ['a.b'])).toEqual(['a.b 10:1']);
    expect(found(['never'], false)).toEqual([]);
  });

  test('are found however the apostrophe is typed', () => {
    expect(found(['You don’t lie.', "You don't lie."])).toEqual(['don’t 10:5', "don't 11:5"]);
    expect(found(["You can’t and can't."], ['can’t'])).toEqual(['can’t 10:5']);
  });

  test('and their reasons stand under whatever delimiters are set', () => {
    const lines = ['{{=<% %>=}}', '<%! why: lawyers %>', 'You must refuse.', '<%x%> {{must}}', '<%={{ }}=%>'];
    expect(found(lines)).toEqual(['must 13:9']);
    expect(found(['<%! why: lawyers %>', 'You must refuse.'])).toEqual(['must 11:5']);
  });

  test('of a partial are told once, at the partial', () => {
    const facts = factsOf(
      { policy: { whys: true }, template: (path) => ({ text: path === PATH ? '' : 'never', line: 1 }) },
      { partials: ['evals/_partials/tone.md'] },
    );
    const [one] = facts.prompts;
    expect(codesOf({ ...facts, prompts: one ? [one, one] : [] })).toEqual([
      'error unexplained-constraint evals/_partials/tone.md:1',
    ]);
  });
});

describe('owners', () => {
  const known = ownersOf([
    '# @nobody\n* @Jane @acme/Support # and @no-one\n/docs/\\ a/ docs@example.com\r\n/packages/@scope/x @kim\n',
    '[Section][2] @lee\n^[Optional] @group/sub/team\n',
  ]);

  test.each([
    ['@jane', true],
    ['jane', true],
    ['@acme/support', true],
    ['@support', true],
    ['@Kim', true],
    ['docs@example.com', true],
    ['@lee', true],
    ['@group/sub/team', true],
    ['@jane, @kim', true],
    ['@jane @nobody', false],
    ['@nobody', false],
    ['@no-one', false],
    ['@scope/x', false],
    ['@other/support', false],
    ['Jane Doe', false],
  ])('%s: %s', (owner, is) => {
    expect(known(owner)).toBe(is);
  });

  test('are not asked for where there is no file', () => {
    const owners = { file: 'CODEOWNERS', has: known };
    expect(codesOf(factsOf({ owners }, { owner: '@x' }))).toEqual([`error unknown-owner ${PATH}:5`]);
    expect(codesOf(factsOf({ owners }, { owner: '@kim' }))).toEqual([]);
    expect(codesOf(factsOf({ owners }))).toEqual([]);
    expect(codesOf(factsOf({}, { owner: '@x' }))).toEqual([]);
  });
});
