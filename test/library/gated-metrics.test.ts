import { describe, expect, test } from 'vitest';
import { find, PROMPT, problemsOf, project } from './project.js';

const named = (metric: string, rest = '{ minimum: 0.99 }') => `gate: { metrics: { ${metric}: ${rest} } }`;
const cases = (metric: string, rest = '') =>
  `cases: [{ vars: { ticket: x }, assert: [{ type: equals, value: x, metric: ${metric}${rest} }] }]`;
const prompt = (front: string) => ['---', 'models: [mock:echo]', front, '---', '{{ticket}}'];
const CONFIG = { configPath: 'assay.config.yaml' };

async function told(files: Parameters<typeof project>[0], options = CONFIG): Promise<string[]> {
  const root = project({ 'assay.config.yaml': '{}', ...files });
  return (await problemsOf(root, options)).map(({ message, remedy, place }) => {
    return `${place?.file}:${place?.line}:${place?.column} ${message}. ${remedy}`;
  });
}

describe('a metric that the gate names and no case has', () => {
  test('is a mistake in front matter, in an override and in the config, each at its place', async () => {
    const files = {
      'assay.config.yaml': [
        named('acuracy'),
        'overrides:',
        `  - { files: evals/a.prompt.md, ${named('tine')} }`,
        `  - { files: evals/nobody.prompt.md, ${named('anything')} }`,
      ],
      'evals/a.prompt.md': prompt(named('Accuracy')),
      'evals/a.cases.yaml': cases('accuracy'),
      'evals/b.prompt.md': prompt(named('far-off')),
      'evals/b.cases.yaml': cases('tone'),
    };
    expect(await told(files)).toEqual([
      'assay.config.yaml:1:20 no case has the metric "acuracy". Did you mean "accuracy"?',
      'assay.config.yaml:3:52 no case has the metric "tine". The metrics are pass, score, accuracy.',
      'evals/a.prompt.md:3:20 no case has the metric "Accuracy". Did you mean "accuracy"?',
      'evals/b.prompt.md:3:20 no case has the metric "far-off". The metrics are pass, score, tone.',
    ]);
  });

  test('is none where one of the governed prompts has it, at whatever level, in rows or in a variant', async () => {
    const root = project({
      'assay.config.yaml': ['gate: { metrics: { tone: {}, accuracy: { level: off }, pass: {}, score: {} } }'],
      'evals/a.prompt.md': prompt(named('tone')),
      'evals/a.cases.yaml': cases('tone', ', level: off }, { type: equals, value: x'),
      'evals/a.short.prompt.md': prompt(named('tone')),
      'evals/b.prompt.md': prompt(named('equals')),
      'evals/b.cases.yaml': ['defaults: { assert: [{ type: equals }] }', 'from: b.csv'],
      'evals/b.csv': ['ticket,expected', 'x,y'],
      'evals/c.prompt.md': PROMPT,
      'evals/c.cases.yaml': cases('accuracy'),
    });
    expect((await find(root, CONFIG)).prompts).toHaveLength(4);
  });

  test('is remarked on where prompts share the setting, it holds nothing to a minimum, and it is no slip', async () => {
    const files = {
      'assay.config.yaml': named('politeness', '{ tolerance: 0.05 }'),
      'evals/a.prompt.md': prompt('owner: me'),
      'evals/a.cases.yaml': cases('tone'),
    };
    const { notes } = await find(project(files), CONFIG);
    expect(notes).toEqual(['assay.config.yaml:1: no case has the metric "politeness", which gate.metrics names']);
    const slip = { ...files, 'assay.config.yaml': named('tonne', '{ tolerance: 0.05 }') };
    expect(await told(slip)).toEqual([expect.stringContaining('Did you mean "tone"?')]);
    const own = { ...files, 'assay.config.yaml': '{}', 'evals/a.prompt.md': prompt(named('politeness', '{}')) };
    expect(await told(own)).toEqual([expect.stringContaining('no case has the metric "politeness"')]);
  });

  test('is told where all its cases are known, and only there', async () => {
    const files = {
      'assay.config.yaml': named('acuracy'),
      'evals/a.prompt.md': prompt(named('tone')),
      'evals/a.cases.yaml': cases('tone'),
      'evals/b.prompt.md': prompt(named('far-off')),
      'evals/b.cases.yaml': cases('accuracy', ', wieght: 2'),
    };
    expect(await told(files)).toEqual([expect.stringContaining('unknown key "wieght"')]);
    const root = project({ ...files, 'evals/b.cases.yaml': cases('other') });
    expect((await find(root, { ...CONFIG, paths: ['evals/a.prompt.md'] })).prompts).toHaveLength(1);
    expect((await problemsOf(root, { ...CONFIG, paths: ['b'] })).map(({ place }) => place?.file)).toEqual([
      'evals/b.prompt.md',
    ]);
  });
});

test('a tolerance above what a run should be able to see is noted', async () => {
  const notesOf = async (gate: string) =>
    (await find(project({ 'evals/a.prompt.md': prompt(gate), 'evals/a.cases.yaml': cases('tone') }))).notes;
  expect(await notesOf('gate: { tolerance: 0.1 }')).toEqual([]);
  expect(await notesOf('gate: { tolerance: 0.5 }')).toEqual([
    'gate.tolerance 0.5 is above gate.detect 0.1: a drop between the two may stay inconclusive',
  ]);
});

test.each(['__proto__', 'constructor', 'prototype'])(
  'the name %s is refused as a case id and as a metric',
  async (name) => {
    const found = await problemsOf(
      project({
        'evals/a.prompt.md': PROMPT,
        'evals/a.cases.yaml': [
          'cases:',
          `  - { id: ${name}, vars: { ticket: x }, assert: [{ type: equals, value: x }] }`,
          `  - { vars: { ticket: x }, assert: [{ type: equals, value: x, metric: ${name} }] }`,
        ],
        'evals/b.prompt.md': PROMPT,
        'evals/b.cases.yaml': ['defaults: { assert: [{ type: equals }] }', 'from: b.csv'],
        'evals/b.csv': ['id,ticket,expected', `${name},x,y`],
        'evals/c.prompt.md': PROMPT,
        'evals/c.cases.yaml': ['defaults: { assert: [{ type: equals }] }', 'from: c.jsonl'],
        'evals/c.jsonl': JSON.stringify({ id: name, vars: { ticket: 'x' }, expected: 'y' }),
      }),
    );
    expect(found.map(({ code, place }) => `${place?.file}:${place?.line} ${code}`)).toEqual([
      'evals/a.cases.yaml:2 forbidden-name',
      'evals/a.cases.yaml:3 forbidden-name',
      'evals/b.csv:2 forbidden-name',
      'evals/c.jsonl:1 forbidden-name',
    ]);
    expect(found[0]?.remedy).toContain('Rename it');
  },
);
