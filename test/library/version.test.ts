import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMessages } from '../../src/library/render.js';
import { promptVersion, type Visible } from '../../src/library/version.js';
import type { JsonObject } from '../../src/vocabulary.js';
import { parse } from './parsing.js';

const plain: Visible = { template: [], parameters: {}, structured: 'auto', tools: [] };

/** The version of a prompt with this template and nothing else. */
function versionOf(text: string, partials?: Record<string, string>): string {
  const parsed = parse(text, partials);
  expect(parsed.problems).toEqual([]);
  return promptVersion({ ...plain, template: parsed.parts });
}

const BASE = '{{#system}}\nRoute {{a}}.\n{{/system}}\n{{#user}}{{b}} {{#l}}- {{.}}\n{{/l}}{{/user}}\n';

describe('promptVersion', () => {
  it('is 12 hex digits and stays what it is from release to release', () => {
    expect(versionOf(BASE)).toMatch(/^[0-9a-f]{12}$/);
    // Written down: a change here makes every committed baseline of every user a different version.
    expect(versionOf(BASE)).toBe('555d20b33385');
  });

  it.each([
    ['comments', `{{! why: routed }}\n${BASE.replace('Route', 'Ro{{! x }}ute')}`],
    ['line ends', BASE.replaceAll('\n', '\r\n')],
    ['old line ends', BASE.replaceAll('\n', '\r')],
    ['spelling of tags', BASE.replace('{{a}}', '{{ a }}').replace('{{b}}', '{{{b}}}').replace('{{.}}', '{{& . }}')],
    ['delimiters', BASE.replace('{{a}}', '{{=<% %>=}}<% a %><%={{ }}=%>')],
    [
      'white space at the edges of messages',
      BASE.replace('\nRoute', '\n\n  Route').replace('{{/user}}', '  {{/user}}'),
    ],
    ['white space between messages', BASE.replace('{{/system}}\n', '{{/system}}').concat('\n \n')],
    ['a section without content', BASE.replace('Route', 'Ro{{#x}}{{! nothing }}{{/x}}ute')],
    ['a section without content between messages', `${BASE}{{#x}}\n{{! nothing }}\n{{/x}}\n`],
  ])('does not change with %s', (_, text) => {
    expect(versionOf(text)).toBe(versionOf(BASE));
  });

  it('does not tell a body from the one user message it is', () => {
    expect(versionOf('\nHello {{a}}\n')).toBe(versionOf('{{#user}}Hello {{a}}{{/user}}'));
  });

  it('does not care which file a text comes from, two levels deep', () => {
    const partials = { outer: 'Ro{{> inner}} {{a}}', inner: 'ute' };
    expect(versionOf(BASE.replace('Route {{a}}', '{{> outer}}'), partials)).toBe(versionOf(BASE));
    expect(versionOf(BASE.replace('Route {{a}}', '{{> outer}}'), { ...partials, inner: 'ut' })).not.toBe(
      versionOf(BASE),
    );
  });

  it.each([
    ['a letter', BASE.replace('Route', 'route')],
    ['white space within a message', BASE.replace('Route ', 'Route  ')],
    ['white space at the edge of a list item, which repeats', BASE.replace('- {{.}}\n', '- {{.}}')],
    ['another variable', BASE.replace('{{a}}', '{{b}}')],
    ['a variable made text', BASE.replace('{{a}}', '{{=<% %>=}}{{a}}<%={{ }}=%>')],
    ['a section inverted', BASE.replace('{{#l}}', '{{^l}}')],
    ['another role', BASE.replace('#system', '#user').replace('/system', '/user')],
    ['another order', '{{#user}}{{b}} {{#l}}- {{.}}\n{{/l}}{{/user}}{{#system}}Route {{a}}.{{/system}}'],
    ['one message split in two', BASE.replace('{{b}} ', '{{b}} {{/user}}{{#user}}')],
    [
      'a message made conditional',
      BASE.replace('{{#system}}', '{{#x}}{{#system}}').replace('{{/system}}', '{{/system}}{{/x}}'),
    ],
    ['another normal form of a letter', BASE.replace('Route', 'Route\u0301')],
  ])('changes with %s', (_, text) => {
    expect(versionOf(text)).not.toBe(versionOf(BASE));
  });

  it('covers parameters, output schema and tools, in any order of keys', () => {
    const full: Visible = {
      template: parse(BASE).parts,
      parameters: { maxTokens: 200, openai: { reasoning: { effort: 'low' }, x: 1 } },
      output: { type: 'object', required: ['q'] },
      structured: 'auto',
      tools: [{ name: 'find', parameters: { type: 'object' } }],
    };
    const version = promptVersion(full);
    const same: Visible[] = [
      { ...full, parameters: { openai: { x: 1, reasoning: { effort: 'low' } }, maxTokens: 200, stream: true } },
      { ...full, parameters: { ...full.parameters, temperature: undefined } },
      { ...full, output: { required: ['q'], type: 'object' } },
    ];
    for (const each of same) expect(promptVersion(each)).toBe(version);
    const other: Visible[] = [
      { ...full, parameters: {} },
      { ...full, parameters: { ...full.parameters, temperature: 0 } },
      { ...full, parameters: { ...full.parameters, openai: {} } },
      { ...full, output: undefined },
      { ...full, output: { type: 'object', required: [] } },
      { ...full, structured: 'off' },
      { ...full, tools: [] },
      { ...full, tools: [{ name: 'find', description: 'Finds.', parameters: { type: 'object' } }] },
    ];
    expect(new Set([...other.map(promptVersion), version]).size).toBe(other.length);
    expect(promptVersion({ ...full, structured: 'off' })).toBe(promptVersion({ ...full, output: undefined }));
    expect(promptVersion({ ...full, output: { type: 'string' }, structured: 'off' })).toBe(
      promptVersion({ ...full, structured: 'off' }),
    );
  });
});

// ------------------------------------------------------------------------------------------------------------ laws

/** A template as a tree, to be written down in several ways. */
type Node = string | { tag: string } | { open: string; sign: '#' | '^'; body: Node[] };

const word = fc.constantFrom('x', 'y', ' ', '\n', '  ', '- ', 'x y', '');
const tag = fc.constantFrom('a', 'b', 'o.c', '.').map((name) => ({ tag: name }));
const { nodes } = fc.letrec<{ nodes: Node[]; node: Node }>((tie) => ({
  nodes: fc.array(tie('node'), { maxLength: 4, depthIdentifier: 'tree' }),
  node: fc.oneof(
    { depthIdentifier: 'tree', maxDepth: 2, depthSize: 'small' },
    word,
    tag,
    fc.record({
      open: fc.constantFrom('l', 'o', 'a'),
      sign: fc.constantFrom('#' as const, '^' as const),
      body: tie('nodes'),
    }),
  ),
}));
const message = fc.record({ open: fc.constantFrom('system', 'user'), sign: fc.constant('#' as const), body: nodes });
const blank = fc.constantFrom('', '\n', ' ');
const conversation: fc.Arbitrary<Node[]> = fc
  .array(
    fc.oneof(
      message,
      blank,
      fc.record({ open: fc.constant('l'), sign: fc.constant('#' as const), body: fc.tuple(message) }),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((list) => [...list, { open: 'user', sign: '#' as const, body: ['x'] }]);
const template = fc.oneof(
  nodes.map((list): Node[] => [...list, 'x']),
  conversation,
);
const values = fc.record({
  a: fc.constantFrom('', 'x', 'y', false, 0),
  b: fc.constantFrom('x', ' x ', '{{a}}', null),
  o: fc.constantFrom({ c: 'x' }, { c: ' ' }, null),
  l: fc.constantFrom([], ['x'], ['x', 'y'], [{ a: 'z' }, 'y']),
}) satisfies fc.Arbitrary<JsonObject>;

function write(list: readonly Node[], spell: (name: string) => string, between = ''): string {
  return list
    .map((node) => {
      if (typeof node === 'string') return node;
      if ('tag' in node) return spell(node.tag);
      return `{{${node.sign}${node.open}}}${write(node.body, spell, between)}{{/${node.open}}}`;
    })
    .join(between);
}

const usual = (name: string): string => `{{${name}}}`;
/** Keeps lines from being blank but for a tag, so that what is added to the line changes nothing but itself. */
const inLine = (text: string): string => text.replaceAll('\n', '\n|');

describe('the laws of versions', () => {
  it('spelling, comments and line ends never matter', () => {
    fc.assert(
      fc.property(
        template,
        fc.constantFrom('{{{ N }}}', '{{&N}}', '{{ N }}', '{{=<% %>=}}<%N%><%={{ }}=%>'),
        (tree, form) => {
          const text = inLine(write(tree, usual));
          fc.pre(parse(text).problems.length === 0);
          const respelt = inLine(write(tree, (name) => form.replace('N', name), '{{! note }}'));
          expect(versionOf(respelt.replaceAll('\n', '\r\n'))).toBe(versionOf(text));
        },
      ),
    );
  });

  it('text and the same text in a partial are one', () => {
    fc.assert(
      fc.property(nodes, nodes, nodes, (before, moved, after) => {
        const [head, body, tail] = [before, moved, after].map((part) => inLine(write(part, usual))) as [
          string,
          string,
          string,
        ];
        const whole = `|${head}|${body}|${tail}`;
        expect(versionOf(`|${head}{{> p}}${tail}`, { p: `|${body}|` })).toBe(versionOf(whole));
      }),
    );
  });

  it('equal versions render equal messages, whatever the variables', () => {
    let equal = 0;
    fc.assert(
      fc.property(template, template, fc.array(values, { minLength: 3, maxLength: 3 }), (one, two, rows) => {
        const [first, second] = [one, two].map((tree) => parse(write(tree, usual)));
        fc.pre(first?.problems.length === 0 && second?.problems.length === 0);
        const [p, q] = [first?.parts ?? [], second?.parts ?? []];
        if (promptVersion({ ...plain, template: p }) !== promptVersion({ ...plain, template: q })) return;
        equal += 1;
        for (const vars of rows) expect(renderMessages(p, vars).messages).toEqual(renderMessages(q, vars).messages);
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(equal).toBeGreaterThan(20);
  });

  it('a message that renders differently has another version', () => {
    fc.assert(
      fc.property(template, template, values, (one, two, vars) => {
        const [p, q] = [parse(write(one, usual)), parse(write(two, usual))];
        fc.pre(p.problems.length === 0 && q.problems.length === 0);
        const shown = [p, q].map((each) => JSON.stringify(renderMessages(each.parts, vars).messages));
        fc.pre(shown[0] !== shown[1]);
        expect(promptVersion({ ...plain, template: p.parts })).not.toBe(promptVersion({ ...plain, template: q.parts }));
      }),
    );
  });
});
