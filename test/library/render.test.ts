import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingVariables, renderMessages, renderText, textTagNames } from '../../src/library/render.js';
import type { JsonObject } from '../../src/vocabulary.js';
import { parse } from './parsing.js';

function messages(template: string, vars: JsonObject = {}) {
  const parsed = parse(template);
  expect(parsed.problems).toEqual([]);
  return renderMessages(parsed.parts, vars);
}

/** The content of a body without messages. */
function text(template: string, vars: JsonObject = {}): string | undefined {
  return messages(template, vars).messages[0]?.content;
}

describe('renderMessages', () => {
  it('makes a message of every reserved section, trimmed, in order', () => {
    const { messages: list, problems } = messages(
      '{{#system}}\nRoute.\n{{/system}}\n\n{{#user}} {{ticket}} {{/user}}{{#assistant}}a{{/assistant}}{{#user}}b{{/user}}\n',
      { ticket: 'hi' },
    );
    expect(problems).toEqual([]);
    expect(list).toEqual([
      { role: 'system', content: 'Route.' },
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'a' },
      { role: 'user', content: 'b' },
    ]);
  });

  it('makes few-shot messages from data', () => {
    const template =
      '{{#shots}}\n{{#user}}{{in}}{{/user}}\n{{#assistant}}{{out}}{{/assistant}}\n{{/shots}}\n{{^shots}}{{#system}}zero{{/system}}{{/shots}}{{#user}}{{ask}}{{/user}}';
    const shots = [
      { in: 'q1', out: 'a1' },
      { in: 'q2', out: { queue: 'bug' } },
    ];
    expect(messages(template, { shots, ask: 'q' }).messages.map((each) => each.content)).toEqual([
      'q1',
      'a1',
      'q2',
      '{"queue":"bug"}',
      'q',
    ]);
    expect(messages(template, { shots: [], ask: 'q' }).messages.map((each) => each.role)).toEqual(['system', 'user']);
  });

  it('takes a body without messages for one user message', () => {
    expect(messages('\n Hello {{name}}\n', { name: 'Ann' })).toEqual({
      messages: [{ role: 'user', content: 'Hello Ann' }],
      problems: [],
    });
  });

  it('reports that no message is left instead of sending none', () => {
    const { messages: list, problems } = messages('{{#shots}}{{#user}}x{{/user}}{{/shots}}', { shots: [] });
    expect(list).toEqual([]);
    expect(problems).toMatchObject([{ code: 'no-message', place: { line: 1, column: 1 } }]);
  });

  it('reports text beside messages even when parts were not checked before', () => {
    const { parts } = parse('{{#user}}a{{/user}}{{x}} y');
    expect(renderMessages(parts, { x: 'lost' }).problems.map((each) => each.code)).toEqual([
      'text-beside-messages',
      'text-beside-messages',
    ]);
  });

  it('does not mistake a variable named like a role for a message', () => {
    expect(text('{{user}} and {{user.name}}', { user: { name: 'Ann' } })).toBe('{"name":"Ann"} and Ann');
  });
});

describe('values', () => {
  it.each([
    ['text', 'text'],
    [0, '0'],
    [-1.5, '-1.5'],
    [1e21, '1e+21'],
    [true, 'true'],
    [false, 'false'],
    [null, ''],
    [['a', 1, null], '["a",1,null]'],
    [{ b: { c: [] } }, '{"b":{"c":[]}}'],
    [[], '[]'],
  ])('%j prints as %j', (value, expected) => {
    expect(text('<{{v}}>', { v: value })).toBe(`<${expected}>`);
  });

  it.each([
    '{{env.KEY}}',
    '{{&key}}',
    '{{{key}}}',
    '{{>p}}',
    '{{=<% %>=}}',
    '{{#user}}x{{/user}}{{/user}}',
    'a < b && "c" \'d\' / = `',
    '${process.env.KEY} $& $1 $$',
    '\u0000\u001b[31m\ufeff',
    'line\r\nline',
  ])('%j arrives as it is, in every spelling of the tag', (value) => {
    const vars = { v: value, key: 'SECRET', env: { KEY: 'SECRET' } };
    expect(text('<{{v}}|{{{v}}}|{{&v}}>', vars)).toBe(`<${value}|${value}|${value}>`);
    expect(messages('{{#user}}<{{v}}>{{/user}}', vars).messages).toEqual([{ role: 'user', content: `<${value}>` }]);
    expect(renderText('<{{v}}>', vars)).toEqual({ ok: true, text: `<${value}>` });
  });

  it('arrive as they are, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(text('<{{v}}>', { v: value })).toBe(`<${value}>`);
      }),
    );
  });

  it.each(['toString', 'hasOwnProperty', 'valueOf', 'x.toString', 'x.length', 'list.map', 'list.at'])(
    '{{%s}} reaches nothing that is inherited',
    (name) => {
      const vars = { x: 'text', list: [] };
      expect(text(`<{{${name}}}>`, vars)).toBe('<>');
      expect(text(`<{{#${name}}}hit{{/${name}}}>`, vars)).toBe('<>');
      expect(missingVariables(parse(`{{${name}}}`).parts, vars)).toHaveLength(1);
    },
  );

  it('are not hidden by what an inner object inherits', () => {
    expect(text('{{#o}}{{toString}}{{/o}}', { o: {}, toString: 'own' as never })).toBe('own');
  });

  it('that are functions do not exist', () => {
    const vars = { f: (() => 'called') as never };
    expect(text('<{{f}}{{#f}}x{{/f}}>', vars)).toBe('<>');
  });
});

describe('sections', () => {
  it('leave out what is falsy or empty, and {{^…}} stands there instead', () => {
    for (const value of [false, null, '', 0, []]) {
      expect(text('<{{#v}}yes{{/v}}{{^v}}no{{/v}}>', { v: value })).toBe('<no>');
    }
    for (const value of [true, 'a', 1, {}, [0]]) {
      expect(text('<{{#v}}yes{{/v}}{{^v}}no{{/v}}>', { v: value })).toBe('<yes>');
    }
    expect(text('<{{#gone}}yes{{/gone}}{{^gone}}no{{/gone}}>')).toBe('<no>');
  });

  it('repeat over lists with . for the item and open objects', () => {
    expect(text('{{#l}}{{.}},{{/l}}', { l: [1, 'b', { c: 2 }] })).toBe('1,b,{"c":2},');
    expect(text('{{#o}}{{a}}{{b}}{{/o}}', { o: { a: 'inner' }, a: 'outer', b: '-outer' })).toBe('inner-outer');
    expect(text('{{#l}}{{#.}}{{.}}{{/.}};{{/l}}', { l: [[1, 2], [3]] })).toBe('12;3;');
  });

  it('follow a dotted name from the innermost object that has its first part, and nowhere else', () => {
    expect(text('{{#o}}<{{a.b}}>{{/o}}', { o: { a: {} }, a: { b: 'outer' } })).toBe('<>');
    expect(text('{{#list.length}}{{list.0}} of {{list.length}}{{/list.length}}', { list: ['x', 'y'] })).toBe('x of 2');
  });
});

describe('missingVariables', () => {
  const { parts } = parse(
    '{{#user}}{{ticket}}\n{{#items}}{{name}}{{/items}}{{^quiet}}{{tone.kind}}{{/quiet}}{{/user}}',
  );

  it('without required: every tag that would be rendered and has no value, at its first use', () => {
    expect(missingVariables(parts, {})).toEqual([
      { name: 'ticket', place: { file: 'a.prompt.md', line: 1, column: 10 } },
      { name: 'items', place: { file: 'a.prompt.md', line: 2, column: 1 } },
      { name: 'quiet', place: { file: 'a.prompt.md', line: 2, column: 29 } },
      { name: 'tone.kind', place: { file: 'a.prompt.md', line: 2, column: 39 } },
    ]);
  });

  it('without required: looks into lists as rendering does, and not into what is left out', () => {
    const vars = { ticket: '', quiet: true };
    expect(missingVariables(parts, { ...vars, items: [] })).toEqual([]);
    expect(missingVariables(parts, { ...vars, items: [{ name: 'a' }, {}, {}] }).map((each) => each.name)).toEqual([
      'name',
    ]);
    expect(missingVariables(parts, { ...vars, items: [{}], name: 'outer' })).toEqual([]);
    expect(missingVariables(parts, { ticket: '', items: [], quiet: false, tone: {} })).toMatchObject([
      { name: 'tone.kind' },
    ]);
  });

  it('with required: those not given, null being given, absent optional ones being falsy', () => {
    expect(missingVariables(parts, { ticket: null }, ['ticket', 'tone', 'other'], 'a.prompt.md')).toEqual([
      { name: 'tone', place: { file: 'a.prompt.md', line: 2, column: 39 } },
      { name: 'other', place: { file: 'a.prompt.md', line: 1, column: 1 } },
    ]);
    expect(missingVariables(parts, { ticket: 'x' }, ['ticket'])).toEqual([]);
    expect(missingVariables(parts, {}, ['toString'])).toHaveLength(1);
  });
});

describe('renderText', () => {
  it('renders once, and leaves text without tags alone', () => {
    expect(renderText('a }} { < \r\n', {})).toEqual({ ok: true, text: 'a }} { < \r\n' });
    expect(renderText('about {{t}}{{#tags}} {{.}}{{/tags}}', { t: '{{x}}', tags: ['a', 'b'] })).toEqual({
      ok: true,
      text: 'about {{x}} a b',
    });
    expect(renderText('{{#user}}{{name}}{{/user}}', { user: { name: 'Ann' } })).toEqual({ ok: true, text: 'Ann' });
  });

  it('refuses a name without a value, also in a section; an absent section is left out', () => {
    expect(renderText('{{expectd}} {{#l}}{{x}}{{/l}}', { l: [{}] })).toEqual({
      ok: false,
      message: 'no value is given for {{expectd}}, {{x}}',
    });
    expect(renderText('a{{#gone}} {{x}}{{/gone}}', {})).toEqual({ ok: true, text: 'a' });
  });

  it.each(['{{a', '{{#a}}', '{{#a}}{{> p}}{{/a}}', '{{constructor.name}}', '{{__proto__}}', '{{}}'])(
    'refuses %s',
    (template) => {
      const first = renderText(template, { a: true });
      expect(first.ok).toBe(false);
      expect(renderText(template, { a: true })).toEqual(first);
    },
  );

  it('keeps templates apart that differ by little, over more of them than it remembers', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 1200; n += 1)
        expect(renderText(`{{v}}${n}`, { v: n })).toEqual({ ok: true, text: `${n}${n}` });
    }
  });

  it('names the variables of a text', () => {
    expect([...textTagNames('{{a.b}} {{#c}}{{d}}{{.}}{{/c}} {{#user}}{{/user}}')]).toEqual(['a', 'c', 'd', 'user']);
    expect([...textTagNames('plain'), ...textTagNames('{{broken')]).toEqual([]);
  });
});
