import { describe, expect } from 'vitest';
import type { Content } from '../support/project.js';
import { casesFile, RECORDINGS } from './echo.js';
import { test } from './test.js';

interface Mistake {
  files: Record<string, Content>;
  /** Where it is told, what about, and with which remedy. */
  told: readonly [place: string, message: RegExp, remedy: RegExp][];
}

const ONE_CASE = casesFile(['c01']);

const MISTAKES: Record<string, Mistake> = {
  'an unknown key in a prompt': {
    files: {
      'evals/a/key.prompt.md': ['---', 'why: x', 'ownr: me', '---', '{{text}}'],
      'evals/a/key.cases.yaml': ONE_CASE,
    },
    told: [['evals/a/key.prompt.md:3:1', /unknown key "ownr"/, /mean "owner"/]],
  },
  'unknown keys in cases and assertions': {
    files: {
      'evals/a/keys.prompt.md': '{{text}}',
      'evals/a/keys.cases.yaml': [
        'cases:',
        '  - { id: c01, vars: { text: x }, asert: [],',
        '      assert: [{ type: contains, value: x, pth: $.a }] }',
      ],
    },
    told: [
      ['evals/a/keys.cases.yaml:2:35', /unknown key "asert"/, /mean "assert"/],
      ['evals/a/keys.cases.yaml:3:44', /unknown key "pth"/, /mean "path"/],
    ],
  },
  'an unknown assertion': {
    files: {
      'evals/a/type.prompt.md': '{{text}}',
      'evals/a/type.cases.yaml': [
        'cases:',
        '  - { id: c01, vars: { text: x }, assert: [{ type: contians, value: x }] }',
      ],
    },
    told: [['evals/a/type.cases.yaml:2:52', /no assertion "contians"/, /mean "contains"/]],
  },
  'a duplicate id': {
    files: { 'evals/a/twice.prompt.md': '{{text}}', 'evals/a/twice.cases.yaml': casesFile(['c01', 'c02', 'c01']) },
    told: [
      ['evals/a/twice.cases.yaml:4:5', /"c01" is given twice, first at evals\/a\/twice\.cases\.yaml:2:5/, /Rename/],
    ],
  },
  'a missing variable': {
    files: {
      'evals/a/missing.prompt.md': ['Hello.', '', '{{text}} in a {{tone}} tone'],
      'evals/a/missing.cases.yaml': ONE_CASE,
    },
    told: [
      [
        'evals/a/missing.cases.yaml:2:16',
        /"tone" is missing .* evals\/a\/missing\.prompt\.md:3:15/,
        /Add it to "vars"/,
      ],
    ],
  },
  'an unused variable': {
    files: {
      'evals/a/unused.prompt.md': '{{text}}',
      'evals/a/unused.cases.yaml': [
        'cases:',
        '  - { id: c01, vars: { text: x, txt: y }, assert: [{ type: contains, value: x }] }',
      ],
    },
    told: [['evals/a/unused.cases.yaml:2:33', /"txt" is used by no template/, /Remove it, or use it|mean "text"/]],
  },
  'a prompt without cases': {
    files: { 'evals/a/lonely.prompt.md': 'hello' },
    told: [['evals/a/lonely.prompt.md:1:1', /"a\/lonely" has no cases/, /\.cases\.yaml/]],
  },
  'cases without a prompt': {
    files: { 'evals/a/orphan.cases.yaml': ONE_CASE },
    told: [['evals/a/orphan.cases.yaml:1:1', /belong to no prompt/, /beside/]],
  },
  'cases that check nothing': {
    files: {
      'evals/a/nothing.prompt.md': '{{text}}',
      'evals/a/nothing.cases.yaml': [
        'cases:',
        '  - { id: c01, vars: { text: x } }',
        '  - { id: c02, vars: { text: y }, assert: [{ type: contains, value: y, level: off }] }',
      ],
    },
    told: [
      ['evals/a/nothing.cases.yaml:2:5', /"c01" checks nothing/, /Add an assertion/],
      ['evals/a/nothing.cases.yaml:3:5', /"c02" checks nothing/, /Add an assertion/],
    ],
  },
  'bad schemas': {
    files: {
      'evals/a/output.prompt.md': ['---', 'output: { type: objekt }', '---', '{{text}}'],
      'evals/a/output.cases.yaml': ONE_CASE,
      'evals/a/schema.prompt.md': '{{text}}',
      'evals/a/schema.cases.yaml': [
        'cases:',
        '  - { id: c01, vars: { text: x }, assert: [{ type: json-schema, value: { type: 5 } }] }',
      ],
    },
    told: [
      ['evals/a/output.prompt.md:2:17', /output is no valid JSON Schema/, /mean "object"/],
      ['evals/a/schema.cases.yaml:2:', /schema/i, /schema/i],
    ],
  },
  'a bad pattern': {
    files: {
      'evals/a/pattern.prompt.md': '{{text}}',
      'evals/a/pattern.cases.yaml': [
        'cases:',
        '  - { id: c01, vars: { text: x }, assert: [{ type: regex, value: "(a" }] }',
      ],
    },
    told: [['evals/a/pattern.cases.yaml:2:66', /"regex": .*\(a/, /regular expression/]],
  },
  'a bad template': {
    files: { 'evals/a/open.prompt.md': ['Hello', '{{#user}}{{text}}'], 'evals/a/open.cases.yaml': ONE_CASE },
    told: [['evals/a/open.prompt.md:2:1', /"user" is not closed/, /\{\{\/user\}\}/]],
  },
  'an absent data file': {
    files: { 'evals/a/from.prompt.md': '{{text}}', 'evals/a/from.cases.yaml': ['from: ../../fixtures/absent.csv'] },
    told: [['evals/a/from.cases.yaml:1:7', /no file fixtures\/absent\.csv/, /path/]],
  },
  'an absent partial': {
    files: { 'evals/a/partial.prompt.md': '{{text}} {{> nowhere}}', 'evals/a/partial.cases.yaml': ONE_CASE },
    told: [['evals/a/partial.prompt.md:1:10', /no partial "nowhere"/, /_partials\/nowhere\.md/]],
  },
  'a circular partial': {
    files: {
      'evals/a/circle.prompt.md': '{{> one}} {{text}}',
      'evals/a/circle.cases.yaml': ONE_CASE,
      'evals/a/_partials/one.md': 'a {{> two}}',
      'evals/a/_partials/two.md': ['b', '', '  c {{> one}}'],
    },
    told: [['evals/a/_partials/two.md:3:5', /one\.md → evals\/a\/_partials\/two\.md → .*one\.md/, /Take one of these/]],
  },
  'bad YAML': {
    files: { 'evals/a/yaml.prompt.md': '{{text}}', 'evals/a/yaml.cases.yaml': ['cases:', '  - { id: c01', 'x: y'] },
    told: [['evals/a/yaml.cases.yaml:3:', /YAML/, /Correct it/]],
  },
  'a damaged baseline': {
    files: {
      'evals/a/base.prompt.md': '{{text}}',
      'evals/a/base.cases.yaml': ONE_CASE,
      'evals/a/base.baseline.json': ['{', '<<<<<<< HEAD', '  "schemaVersion": 1', '=======', '>>>>>>> other', '}'],
    },
    told: [['evals/a/base.baseline.json:2:1', /conflict markers/, /assay accept/]],
  },
  'unreadable recordings': {
    files: { [RECORDINGS]: ['{"case":"c01"', '{"case":"c01","model":"local:echo"}', '<<<<<<< HEAD'] },
    told: [
      [`${RECORDINGS}:1:1`, /cannot be read: it is no JSON/, /Restore the line/],
      [`${RECORDINGS}:2:1`, /cannot be read/, /Restore the line/],
      [`${RECORDINGS}:3:1`, /conflict marker/, /Take either side/],
    ],
  },
};

describe.concurrent('exit 2', () => {
  test('every mistake of every file is told at once, with place and remedy, and nothing is called', async ({
    echoProject,
  }) => {
    const files = Object.assign({}, ...Object.values(MISTAKES).map((each) => each.files)) as Record<string, Content>;
    const made = await echoProject({ files, config: ['moddels: [x]', 'gate: { tolerence: 1 }', 'repeats: 0'] });
    const { code, stdout, stderr } = await made.evaluate(['--mode', 'record']);
    const told = blocksOf(stderr);

    expect(code).toBe(2);
    expect(stdout).toBe('');
    for (const [what, mistake] of Object.entries(MISTAKES)) {
      for (const [place, message, remedy] of mistake.told) {
        const block = told.find((each) => each.place.startsWith(place) && message.test(each.message));
        expect(block, `${what} at ${place} in\n${stderr}`).toBeDefined();
        expect(block?.remedy, what).toMatch(remedy);
      }
    }
    expect(told.find((each) => each.place === 'assay.config.yaml:3:1')?.message).toContain('"moddels"');
    expect(told.find((each) => each.place === 'assay.config.yaml:4:9')?.remedy).toContain('"tolerance"');
    expect(told.find((each) => each.place === 'assay.config.yaml:5:10')?.message).toContain('repeats');
    for (const { place, remedy } of told) {
      expect(place).toMatch(/^[^:]+:[1-9]\d*:[1-9]\d*$/);
      expect(remedy).not.toBe('');
    }
    expect(stderr).toContain(`${told.length} problems; nothing was called.`);
    expect(made.server.requests).toEqual([]);
    expect(made.has('reports')).toBe(false);
  });

  test('a mistake alone is enough, in a mode that calls and in one that does not', async ({ echoProject }) => {
    const made = await echoProject({ files: { 'evals/lonely.prompt.md': 'hello' } });
    const outcomes = await Promise.all(['replay', 'live'].map((mode) => made.evaluate(['--mode', mode])));
    for (const { code, stderr } of outcomes) {
      expect(code).toBe(2);
      expect(stderr).toContain('1 problem; nothing was called.');
    }
    expect(made.server.requests).toEqual([]);
  });

  test('--json prints nothing to standard output then', async ({ echoProject }) => {
    const made = await echoProject({ files: { 'evals/lonely.prompt.md': 'hello' } });
    const { code, stdout } = await made.evaluate(['--json']);
    expect([code, stdout]).toEqual([2, '']);
  });

  test.for<[string, string[], RegExp]>([
    ['no repeats', ['--repeats', '0'], /--repeats.*'0' is invalid.*1\.\.8/],
    ['a mode that is none', ['--mode', 'x'], /replay, record and live/],
    ['a duration without a unit', ['--timeout', '5'], /500ms, 5s or 2m/],
    ['no concurrency', ['--concurrency', '0'], /whole number/],
    ['an unnamed folder', ['--out', ''], /Name a folder/],
    ['an unknown flag', ['--modle', 'live'], /unknown option '--modle'\n\(Did you mean .*--mode/],
    ['a path that is none', ['evals/nowhere'], /evals\/nowhere is no prompt/],
    ['an absent config', ['--config', 'other.yaml'], /no file other\.yaml/],
    ['a model without a provider', ['--model', 'foo'], /"foo" is no model\n.*provider:name/],
    ['a model of an unknown provider', ['--model', 'opnai:x'], /no provider "opnai".*\n.*Did you mean "openai"/],
    ['a host with a path', ['--allow-host', 'http://x/'], /no host that can be allowed/],
  ])('%s', async ([_what, args, words], { echoProject }) => {
    const made = await echoProject({ config: ['mode: live'] });
    const { code, stdout, stderr } = await made.evaluate(args);
    expect(stderr).toMatch(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(made.server.requests).toEqual([]);
    expect(made.files()).not.toContain('report.json');
  });

  test('a bad variable of the environment', async ({ echoProject }) => {
    const made = await echoProject();
    const { code, stderr } = await made.evaluate([], { env: { ASSAY_MODE: 'lve' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/ASSAY_MODE is "lve"\n.*replay, record or live/);
  });
});

/** The problems on a screen: place and message on one line, the remedy on the next. */
function blocksOf(screen: string): { place: string; message: string; remedy: string }[] {
  const found = screen.matchAll(/^(\S+) {2}error: (.*)\n {4}(.*)$/gm);
  return [...found].map(([, place = '', message = '', remedy = '']) => ({ place, message, remedy }));
}
