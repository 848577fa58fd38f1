import { describe, expect, it } from 'vitest';
import { tagNames } from '../../src/library/template.js';
import { parse } from './parsing.js';

const at = (line: number, column: number, file = 'a.prompt.md') => ({ file, line, column });

describe('the parts of a template', () => {
  it('are texts, names and sections with their places, whatever the tags are spelled like', () => {
    const { parts, problems } = parse('a {{x}} {{ y }}\n{{{z}}}{{&w}}{{#s}}in{{/s}}{{^t}}out{{/t}}', {}, 3);
    expect(problems).toEqual([]);
    expect(parts).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'name', name: 'x', place: at(4, 3) },
      { kind: 'text', text: ' ' },
      { kind: 'name', name: 'y', place: at(4, 9) },
      { kind: 'text', text: '\n' },
      { kind: 'name', name: 'z', place: at(5, 1) },
      { kind: 'name', name: 'w', place: at(5, 8) },
      { kind: 'section', name: 's', parts: [{ kind: 'text', text: 'in' }], place: at(5, 14) },
      { kind: 'inverted', name: 't', parts: [{ kind: 'text', text: 'out' }], place: at(5, 28) },
    ]);
  });

  it('have LF line ends and no comments, and texts left beside each other are one', () => {
    const { parts } = parse('one\r\n{{! gone }}\r\ntwo{{! gone }} three\rfour');
    expect(parts).toEqual([{ kind: 'text', text: 'one\ntwo three\nfour' }]);
  });

  it('hold partials in place, with places in the partial', () => {
    const { parts, partials } = parse('A {{> tone}} B\n{{x}}', { tone: 'be\n {{kind}}!' });
    expect(partials).toEqual(['tone.md']);
    expect(parts).toEqual([
      { kind: 'text', text: 'A be\n ' },
      { kind: 'name', name: 'kind', place: at(2, 2, 'tone.md') },
      { kind: 'text', text: '! B\n' },
      { kind: 'name', name: 'x', place: at(2, 1) },
    ]);
  });

  it('indent a partial that stands alone on its line, through two levels, and keep its places', () => {
    const { parts } = parse('-\n  {{> outer}}\n-', { outer: 'o\n {{> inner}}\n', inner: 'i\n\n{{x}}\n' });
    expect(parts).toEqual([
      { kind: 'text', text: '-\n  o\n   i\n\n   ' },
      { kind: 'name', name: 'x', place: at(3, 1, 'inner.md') },
      { kind: 'text', text: '\n-' },
    ]);
  });

  it('do not indent a partial that stands in a line of text', () => {
    expect(parse('You help. {{> tone}}', { tone: 'one\ntwo' }).parts).toEqual([
      { kind: 'text', text: 'You help. one\ntwo' },
    ]);
    expect(parse('  {{> tone}} x', { tone: 'one\ntwo' }).parts).toEqual([{ kind: 'text', text: '  one\ntwo x' }]);
  });

  it('follow other delimiters, which end with the file that sets them', () => {
    const { parts, problems } = parse('{{=<% %>=}}<%x%> {{literal}} <%>tone%>', { tone: '{{y}}<%z%>' });
    expect(problems).toEqual([]);
    expect(parts).toEqual([
      { kind: 'name', name: 'x', place: at(1, 12) },
      { kind: 'text', text: ' {{literal}} ' },
      { kind: 'name', name: 'y', place: at(1, 1, 'tone.md') },
      { kind: 'text', text: '<%z%>' },
    ]);
  });
});

describe('why comments', () => {
  it('become constraints with their place, once for a partial included twice', () => {
    const { constraints, parts } = parse('{{! why: the router matches\n these words }}\n{{! note }}x {{> p}}{{> p}}', {
      p: 'y{{!WHY:  twice}}',
    });
    expect(constraints).toEqual([
      { why: 'the router matches these words', place: at(1, 1) },
      { why: 'twice', place: at(1, 2, 'p.md') },
    ]);
    expect(parts).toEqual([{ kind: 'text', text: 'x yy' }]);
  });
});

describe('mistakes in a template', () => {
  const cases: [string, string, string, ReturnType<typeof at>][] = [
    ['a section that is not closed', 'a\n {{#s}} b', 'unclosed-section', at(2, 2)],
    ['an inner section that is not closed', '{{#a}}\n{{#b}}\n{{/a}}', 'unclosed-section', at(2, 1)],
    ['a closing tag of no section', 'a {{/s}}', 'unopened-section', at(1, 3)],
    ['a closing tag with another name', '{{#a}}\n{{/b}}', 'unopened-section', at(2, 1)],
    ['a tag that is not closed', 'a\nb {{x', 'unclosed-tag', at(2, 3)],
    ['a tag closed by one brace', '{{#user}}{{ticket}{{/user}}', 'unclosed-tag', at(1, 10)],
    ['a tag closed by one brace, closed lines later', 'a {{x} b\n{{y}}', 'unclosed-tag', at(1, 3)],
    ['three braces closed by two', '{{{x}}', 'unclosed-tag', at(1, 1)],
    ['an empty tag', 'a {{}}', 'bad-tag-name', at(1, 3)],
    ['a helper of another language', '{{#if x}}a{{/if}}', 'bad-tag-name', at(1, 1)],
    ['a filter of another language', 'a {{ x | upper }}', 'bad-tag-name', at(1, 3)],
    ['JSON in doubled braces', '{{"a":1}}', 'bad-tag-name', at(1, 1)],
    ['a name with an empty part', 'a {{x..y}}', 'bad-tag-name', at(1, 3)],
    ['delimiters that are none', 'a {{=<%=}}', 'bad-delimiters', at(1, 3)],
    ['__proto__', 'a {{__proto__}}', 'forbidden-name', at(1, 3)],
    ['constructor in the middle', 'a {{#x.constructor.y}}b{{/x.constructor.y}}', 'forbidden-name', at(1, 3)],
    ['prototype at the end', 'a {{x.prototype}}', 'forbidden-name', at(1, 3)],
    ['a partial that is not there', 'a\n {{> gone}}', 'missing-partial', at(2, 2)],
    ['text beside messages', '\n{{#user}}a{{/user}}\n\n  lost\n', 'text-beside-messages', at(4, 3)],
    ['a variable beside messages', '{{#user}}a{{/user}} {{x}}', 'text-beside-messages', at(1, 21)],
    ['a message within a message', '{{#user}}a{{#system}}b{{/system}}{{/user}}', 'nested-message', at(1, 11)],
    ['a role as a condition', '{{^user}}a{{/user}}', 'message-condition', at(1, 1)],
    ['no text', '\n \n{{! only a comment }}', 'empty-template', at(1, 1)],
    ['a file without end', 'a'.repeat(1024 * 1024 + 1), 'template-too-large', at(1, 1)],
  ];

  it.each(cases)('%s is told with its place', (_, template, code, place) => {
    const { problems } = parse(template);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code, place });
    expect(problems[0]?.remedy).not.toBe('');
  });

  it('are placed behind the front matter, and in the partial they stand in', () => {
    expect(parse('a {{x', {}, 7).problems[0]?.place).toEqual(at(8, 3));
    expect(parse('a\n  {{> p}}\n', { p: 'b\n{{#c}}' }).problems[0]?.place).toEqual(at(2, 1, 'p.md'));
  });

  it('names the cycle of partials that include each other', () => {
    const { problems } = parse('{{> a}}', { a: 'x {{> b}}', b: 'y\n{{> a}}' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'circular-partial', place: at(2, 1, 'b.md') });
    expect(problems[0]?.message).toContain('a.md → b.md → a.md');
  });

  it('refuses sections and partials nested without measure, in time', () => {
    const deep = '{{#a}}'.repeat(20_000) + '{{/a}}'.repeat(20_000);
    expect(parse(deep).problems.map((each) => each.code)).toContain('template-too-large');
    const bomb = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`p${n}`, n === 11 ? 'x' : `{{> p${n + 1}}}`.repeat(10)]),
    );
    expect(parse('{{> p0}}', bomb).problems.map((each) => each.code)).toContain('template-too-large');
    expect(parse(`{{a${' '.repeat(100_000)}`).problems[0]?.code).toBe('template-too-large');
  });
});

describe('tagNames', () => {
  it('gives root variables, and apart those that no section can supply', () => {
    const { parts } = parse(
      '{{#user}}{{ticket.title}}{{#items}}{{name}}{{.}}{{/items}}{{^quiet}}{{tone}}{{/quiet}}{{/user}}',
    );
    const { roots, topLevel } = tagNames(parts);
    expect([...roots].toSorted()).toEqual(['items', 'name', 'quiet', 'ticket', 'tone']);
    expect(topLevel.map((tag) => tag.name)).toEqual(['ticket', 'items', 'quiet', 'tone']);
    expect(topLevel[0]?.place).toEqual(at(1, 10));
  });
});
