import type { Content } from '../support/project.js';

const MODEL = 'anthropic:claude-sonnet-4-5-20250929';

/** A terminal's sequences and a CI system's commands, as a text may hold them. */
export const HOSTILE = '\u001b[31mred\u009b1m\u202e\n::error::x\n##vso[task.complete]\n##[group]';

function baseline(version: string, passes: readonly number[]): string {
  const cases = passes.map((pass, index) => {
    const scores = {
      pass: { assert: '0123456789ab', repeats: [pass] },
      accuracy: { assert: 'ba9876543210', repeats: [pass, 1] },
    };
    return [`case-${index}`, { input: 'aaaaaaaaaaaa', scores }];
  });
  const accepted = {
    version,
    commit: 'c'.repeat(40),
    dirty: false,
    date: '2026-11-20',
    cases: Object.fromEntries(cases),
  };
  return `${JSON.stringify({ schemaVersion: 1, models: { [MODEL]: accepted } }, null, 2)}\n`;
}

const TRIAGE = [
  '---',
  'owner: "@support-platform"',
  'why: |',
  '  A ticket in the wrong queue costs the customer a day, and a second team half an hour of reading what it',
  '  cannot answer.',
  'tags: [routing, json]',
  `models: [${MODEL}, openai:gpt-5-mini]`,
  'parameters: { maxTokens: 60, temperature: 0 }',
  'input: { type: object, required: [ticket], properties: { ticket: { type: string }, examples: { type: array, items: { type: object, required: [q, a], properties: { q: { type: string }, a: { type: string } } } } } }',
  'output: { type: object, required: [queue], additionalProperties: false, properties: { queue: { enum: [billing, bug, other] } } }',
  'changelog:',
  '  - { date: 2026-11-22, why: "Prose replies broke the router: ask for JSON only." }',
  '  - { date: 2026-11-02, why: "First version." }',
  '---',
  '{{#system}}',
  'You route support tickets. {{> tone}}',
  '{{! why: the router matches these three words literally }}',
  'Answer with JSON: {"queue": "billing" | "bug" | "other"}.',
  '{{/system}}',
  '{{#examples}}',
  '{{#user}}{{q}}{{/user}}',
  '{{#assistant}}{{a}}{{/assistant}}',
  '{{/examples}}',
  '{{#user}}{{ticket}}{{/user}}',
];

/** A library with owners, variants, partials of partials, accepted scores of three ages, and texts that are hostile. */
export const LIBRARY: Record<string, Content> = {
  'assay.config.yaml': 'models: [mock:echo]',
  'evals/_partials/tone.md': '{{! why: legal reviewed this wording }}\nBe kind.\n{{> rule}}\n',
  'evals/_partials/rule.md': 'Be brief.\n',
  'evals/_partials/unused.md': 'Be gone.\n',
  'evals/support/triage.prompt.md': TRIAGE,
  'evals/support/triage.cases.yaml': [
    'defaults: { assert: [{ type: json-schema }] }',
    'cases:',
    '  - { id: double-charge, tags: [critical], vars: { ticket: I was charged twice } }',
    '  - { id: few-shot, vars: { ticket: It crashes, examples: [{ q: My invoice is wrong, a: billing }] } }',
  ],
  'evals/support/triage.baseline.json': baseline('0123456789ab', [1, 1, 0]),
  'evals/support/triage.short.prompt.md': [...TRIAGE.slice(0, 1), `models: [${MODEL}]`, ...TRIAGE.slice(7)],
  'evals/brand/rewrite.prompt.md': ['---', 'owner: "@brand"', 'tags: [text]', '---', '{{> rule}} {{text}}'],
  'evals/brand/rewrite.cases.yaml': 'cases: [{ vars: { text: x }, assert: [{ type: contains, value: x }] }]',
  'evals/hostile.prompt.md': [
    '---',
    `owner: ${JSON.stringify(HOSTILE)}`,
    `why: ${JSON.stringify(HOSTILE)}`,
    `changelog: [{ date: 2026-11-22, why: ${JSON.stringify(HOSTILE)} }]`,
    '---',
    `{{! why: ${HOSTILE.replaceAll('\n', ' ')} }}`,
    HOSTILE,
    '{{x}}',
  ],
  'evals/hostile.cases.yaml': `cases: [{ id: h, vars: { x: ${JSON.stringify(HOSTILE)} }, assert: [{ type: contains, value: x }] }]`,
};
