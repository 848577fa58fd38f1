import type { Content } from '../../support/project.js';
import { beside, CASE, cased, CONFIG, type InputRow, SOUND } from '../mistake.js';

/** A case whose answer makes a pattern try for ever. */
function hostile(assert: string): Record<string, Content> {
  return { 'evals/a.cases.yaml': [`cases: [{ id: c1, vars: { text: '"${'a'.repeat(40)}!"' }, assert: [${assert}] }]`] };
}

/** What prompts, cases and baselines say. */
export const LIBRARY: readonly InputRow[] = [
  {
    id: 'I3',
    fault: 'ids that are equal, or in other letters, or composed otherwise',
    tries: [
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            'defaults: { vars: { text: x }, assert: [{ type: contains, value: x }] }',
            'cases: [{ id: one }, { id: one }, { id: Two }, { id: two }, { id: "caf\u00e9" }, { id: "cafe\u0301" }]',
          ],
        },
        says: [
          /"one" is given twice, first at evals\/a\.cases\.yaml:2:9/,
          /"two" and "Two" .*differ only in case/,
          /differ only in case or in how letters are encoded/,
        ],
      },
    ],
  },
  {
    id: 'I6',
    fault: 'a variable that is missing, or that nothing uses',
    tries: [
      {
        files: {
          ...SOUND,
          'evals/a.prompt.md': '{{text}} {{tone}}',
          ...beside('idle', [
            'cases: [{ id: c1, vars: { text: x, other: y }, assert: [{ type: contains, value: x }] }]',
          ]),
        },
        says: [/"tone" is missing/, /idle\.cases\.yaml:1:\d+ .*"other"/],
      },
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            'cases: [{ id: c1, vars: { text: { a: 1 } }, assert: [{ type: contains, value: a }] }]',
          ],
        },
        code: 0,
        says: [/passed/],
      },
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': ['cases: [{ id: c1, vars: { text: null }, assert: [{ type: equals, value: "" }] }]'],
        },
        code: 0,
        says: [/passed/],
      },
    ],
  },
  {
    id: 'I7',
    fault: 'partials in a circle, missing, outside',
    tries: [
      {
        files: {
          ...SOUND,
          'evals/circle.prompt.md': '{{> one}}{{text}}',
          'evals/circle.cases.yaml': [`cases: [${CASE}]`],
          'evals/lost.prompt.md': '{{> nowhere}}{{text}}',
          'evals/lost.cases.yaml': [`cases: [${CASE}]`],
          'evals/out.prompt.md': '{{> ../../secret}}{{text}}',
          'evals/out.cases.yaml': [`cases: [${CASE}]`],
          'evals/_partials/one.md': '{{> two}}',
          'evals/_partials/two.md': '{{> one}}',
        },
        says: [/one.*two.*one/, /"nowhere"/, /out\.prompt\.md:1:\d+ /],
      },
    ],
  },
  {
    id: 'I8',
    fault: 'a schema, format, pattern or flags that cannot be',
    tries: [
      {
        files: {
          ...SOUND,
          ...beside('schema', cased('{ type: json-schema, value: { type: txt } }')),
          ...beside('pattern', cased('{ type: regex, value: "([" }')),
          ...beside('flags', cased('{ type: regex, value: x, options: { flags: gy } }')),
          ...beside('format', cased('{ type: json-schema, value: { type: string, format: emial } }')),
        },
        says: ['schema', 'pattern', 'flags', 'format'].map(
          (name) => new RegExp(`evals/${name}\\.cases\\.yaml:1:\\d+ `),
        ),
      },
    ],
  },
  {
    id: 'I8b',
    fault: 'patterns that take for ever on an answer: where linear time can be had, where not, in a schema',
    tries: [
      { files: { ...SOUND, ...hostile('{ type: not-regex, value: "(a+)+$" }') }, code: 0, says: [/passed/] },
      {
        files: {
          ...SOUND,
          ...hostile('{ type: regex, value: "(?=a)(a+)+$" }, { type: json-schema, value: { pattern: "(?=a)(a+)+$" } }'),
        },
        code: 3,
        says: [/took longer than 500 ms on this output/, /pattern .*took longer than 250 ms/],
        within: 1,
      },
    ],
  },
  {
    id: 'I12',
    fault: 'an empty file, no cases, a filter or a path that leaves nothing',
    tries: [
      { files: { ...SOUND, 'evals/a.cases.yaml': '' }, says: [/a\.cases\.yaml/] },
      { files: { ...SOUND, 'evals/a.cases.yaml': 'cases: []' }, says: [/no case/] },
      { files: SOUND, flags: ['--filter', 'nothing/*'], code: 3, says: [/no case|matches|nothing/] },
      { files: SOUND, flags: ['evals/nowhere.prompt.md'], says: [/nowhere/] },
      { files: CONFIG, code: 3, says: [/nothing was run/] },
    ],
  },
  {
    id: 'I15',
    fault: 'a baseline that is empty, cut off, of another version, holds NaN, is in conflict',
    tries: [
      {
        files: {
          ...SOUND,
          ...Object.fromEntries(
            Object.entries({
              none: '',
              cut: '{ "schemaVersion": 1, "models": {',
              next: '{ "schemaVersion": 99, "models": {} }',
              nan: '{ "schemaVersion": 1, "models": { "mock:echo": NaN } }',
              conflict: '<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n',
            }).flatMap(([name, text]) => [
              ...Object.entries(beside(name, [`cases: [${CASE}]`])),
              [`evals/${name}.baseline.json`, text],
            ]),
          ),
        },
        says: ['none', 'cut', 'next', 'nan', 'conflict'].map(
          (name) => new RegExp(`evals/${name}\\.baseline\\.json:\\d+:\\d+ `),
        ),
      },
    ],
  },
  {
    id: 'I19',
    fault: 'an assertion that every answer passes; an answer of white space',
    tries: [
      {
        files: { ...SOUND, ...beside('empty', cased('{ type: contains, value: "" }')) },
        says: [/empty\.cases\.yaml:1:\d+ /],
      },
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            'cases: [{ id: c1, vars: { text: " " }, assert: [{ type: not-contains, value: x }] }]',
          ],
        },
        code: 0,
        says: [/passed/],
      },
    ],
  },
];
