// A temporary project as large as a company's: prompts in folders by team, each with cases, a baseline and partials that include
// each other. Nothing of it is random, so that two runs measure the same.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const TEAMS = 20;

/** Writes the project. @returns {string} its folder */
export function writeLibrary({ prompts = 1000, partials = 200, cases = 5 } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'assay-bench-library-'));
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write('assay.config.yaml', 'models: [mock:echo, openai:gpt-5-mini]\npolicy: { require: [owner, why] }\n');
  for (let index = 0; index < partials; index += 1) write(`evals/_partials/p${index}.md`, partialText(index, partials));
  for (let index = 0; index < prompts; index += 1) {
    const name = `evals/team-${index % TEAMS}/prompt-${index}`;
    write(`${name}.prompt.md`, promptText(index, partials));
    write(`${name}.cases.yaml`, casesText(index, cases));
    write(`${name}.baseline.json`, baselineText(cases));
  }
  return root;
}

/** Every third partial includes another one, so that some prompts have partials two and three levels deep. */
function partialText(index, partials) {
  const inner = index % 3 === 0 && index + 1 < partials ? `{{> p${index + 1}}}\n` : '';
  return `{{! why: rule ${index} was asked for by the style guide }}\nKeep rule ${index}: be brief, be kind, name no names.\n${inner}`;
}

function promptText(index, partials) {
  return `---
owner: "@team-${index % TEAMS}"
why: A wrong answer of prompt ${index} costs the customer a day.
tags: [routing, tag-${index % 7}]
parameters: { maxTokens: ${100 + (index % 50)}, temperature: 0, openai: { reasoning: { effort: low } } }
input:
  type: object
  required: [ticket]
  additionalProperties: false
  properties: { ticket: { type: string }, tone: { type: string } }
output:
  type: object
  required: [queue]
  additionalProperties: false
  properties: { queue: { enum: [billing, bug, other] } }
changelog:
  - { date: 2026-11-22, why: "Prose replies broke the router: ask for JSON only." }
---
{{#system}}
You route support tickets of kind ${index}. {{> p${index % partials}}}
{{> p${(index * 7 + 3) % partials}}}
{{! why: the router matches these words literally }}
Answer with JSON only: {"queue": "billing" | "bug" | "other"}.
{{/system}}
{{#user}}
{{#tone}}Tone: {{tone}}{{/tone}}
{{ticket}}
{{/user}}
`;
}

function casesText(index, cases) {
  const rows = Array.from({ length: cases }, (_, row) => `  - id: case-${row}
    vars: { ticket: "Ticket ${index}.${row}: I was charged twice, and the \\"save\\" button is gone." }
    expected: ${['billing', 'bug', 'other'][row % 3]}
    tags: [${row === 0 ? 'critical' : 'edge'}]`);
  return `defaults:
  assert:
    - { type: json-schema }
    - { type: equals, path: $.queue, metric: accuracy, weight: 2 }
cases:
${rows.join('\n')}
`;
}

function baselineText(cases) {
  const metric = '{ "assert": "7942a40cf699", "repeats": [1] }';
  const line = (row) =>
    `        "case-${row}": { "input": "12e30fdf557a", "scores": { "pass": ${metric}, "score": ${metric}, "accuracy": ${metric} } }`;
  const model = (name) => `    "${name}": {
      "version": "0123456789ab", "commit": "0123456789abcdef0123456789abcdef01234567", "dirty": false, "date": "2026-11-23",
      "cases": {
${Array.from({ length: cases }, (_, row) => line(row)).join(',\n')}
      }
    }`;
  return `{\n  "schemaVersion": 1,\n  "models": {\n${model('mock:echo')}\n  }\n}\n`;
}
