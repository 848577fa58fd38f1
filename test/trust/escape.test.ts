import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forCsv, forHtml, forJson, forMarkdown, forTerminal, forXml } from '../../src/trust/escape.js';

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '\u001b',
        '[',
        '31m',
        ']',
        '\u0007',
        '\\',
        '::',
        ':',
        '##',
        '#',
        'vso[',
        '\n',
        '\r',
        ' ',
        '\u009b',
        '<',
        '\ud800',
        '@a',
        'GH-',
        '1',
        '/',
        'www.',
      ),
    )
    .map((parts) => parts.join('')),
);

function decoded(html: string): string {
  return html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

describe('forTerminal', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007x\u001b]8;;http://evil\u001b\\link', 'xlink'],
    ['\u009b2Jx', 'x'],
    ['\u001b]never ended', ']never ended'],
    ['\u001b[\u001b[31mm', '[m'],
    ['a\u0000b\u0008c\u007fd\u0085e', 'abcde'],
    ['one\r\ntwo\rthree\tfour', 'one\ntwothree\tfour'],
    ['\u202egnp.exe\u2066', 'gnp.exe'],
    ['é 😀 עברית \u200f', 'é 😀 עברית \u200f'],
  ])('%j becomes %j', (text, expected) => expect(forTerminal(text)).toBe(expected));

  it.each([
    ['::error file=a::b', ': :error file=a::b'],
    ['a\n \t::set-output name=x::y', 'a\n \t: :set-output name=x::y'],
    ['\u0000::warning::x', ': :warning::x'],
    ['a\r::add-mask::x', 'a::add-mask::x'],
    ['\u001b[2m::stop-commands::x', ': :stop-commands::x'],
    ['x ##[error]', 'x ## [error]'],
    ['#\u0007#[group]', '## [group]'],
    ['##vso[task.setvariable variable=x]y', '## vso[task.setvariable variable=x]y'],
    ['##VSO[x] ##teamcity[x]', '## VSO[x] ## teamcity[x]'],
    ['std::vector and ## heading', 'std::vector and ## heading'],
  ])('%j is no command to a CI system: %j', (text, expected) => expect(forTerminal(text)).toBe(expected));

  it('holds for any text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const shown = forTerminal(text);
        expect(shown).not.toMatch(/[^\P{Cc}\n\t]/u);
        expect(shown).not.toMatch(/^\s*::/m);
        expect(shown).not.toMatch(/##(vso)?\[/);
        expect(forTerminal(shown)).toBe(shown);
      }),
      { numRuns: 500 },
    );
  });

  it('takes linear time', () => {
    const start = performance.now();
    for (const unit of ['\u001b[', '\u001b]', '\u001b[1;', ' ', ':', '#', '\u001bP0'])
      forTerminal(unit.repeat(200_000));
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('forJson', () => {
  it('is the same value, and nothing that a terminal or a CI system obeys', () => {
    fc.assert(
      fc.property(fc.dictionary(anything, anything), (value) => {
        const shown = forJson(JSON.stringify(value, null, 2));
        expect(JSON.parse(shown)).toEqual(value);
        // oxlint-disable-next-line no-control-regex
        expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|^\s*::|##(?:vso|teamcity)?\[/im);
      }),
    );
  });
});

describe('forXml', () => {
  it.each([
    ['a\u0000\u0001\u0008\u000b\u000c\u001f\ufffe\uffffb', 'ab'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['x\ud800y\udc00z 😀', 'xyz 😀'],
    [']]> &#27; \t\r\n', ']]> &#27; \t\r\n'],
  ])('%j becomes %j', (text, expected) => expect(forXml(text)).toBe(expected));

  it('leaves only what XML 1.0 can hold', () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const character of forXml(text)) {
          const code = character.codePointAt(0) ?? 0;
          const legal =
            [9, 10, 13].includes(code) ||
            (code >= 0x20 && code <= 0xd7ff) ||
            (code >= 0xe000 && code <= 0xfffd) ||
            code >= 0x10000;
          expect(legal).toBe(true);
        }
      }),
    );
  });
});

describe('forHtml', () => {
  it.each([
    ['<img src=x onerror=alert(1)>', '&#60;img src&#61;x onerror&#61;alert(1)&#62;'],
    ['</script><script>', '&#60;/script&#62;&#60;script&#62;'],
    ['" onmouseover="x\' `&amp;', '&#34; onmouseover&#61;&#34;x&#39; &#96;&#38;amp;'],
  ])('%j becomes %j', (text, expected) => expect(forHtml(text)).toBe(expected));

  it('has no markup and loses no text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(forHtml(text)).not.toMatch(/[<>"'`]/);
        expect(decoded(forHtml(text))).toBe(forXml(text));
      }),
    );
  });
});

describe('forMarkdown', () => {
  it.each([
    ['a | b', String.raw`a \| b`],
    ['```\n</details>', String.raw`\`\`\` &lt;/details&gt;`],
    ['![x](http://evil/p.png)', '\\!\\[x\\](http:\u200b//evil/p.png)'],
    ['[click](javascript:alert(1))', String.raw`\[click\](javascript:alert(1))`],
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['**b** _i_ ~~s~~ $x$', String.raw`\*\*b\*\* \_i\_ \~\~s\~\~ \$x\$`],
    ['ask @octocat, see #12', 'ask @\u200boctocat, see \\#\u200b12'],
    ['GH-12, gh-3, GH-x', 'GH-\u200b12, gh-\u200b3, GH-x'],
    ['https://github.com/o/r/issues/1', 'https:\u200b//github.com/o/r/issues/1'],
    ['_www.evil.example WWW.x.y', '\\_www\u200b.evil.example WWW\u200b.x.y'],
    ['mailto:a@evil.example o/r#1 o/r@main', 'mailto:a@\u200bevil.example o/r\\#\u200b1 o/r@\u200bmain'],
    [String.raw`\| \\`, String.raw`\\\| \\\\`],
    ['&lt;script&gt;', '&amp;lt;script&amp;gt;'],
    ['one\r\n\r\n  # two\u2028three', String.raw`one \# two three`],
    ['a\u001b[1mb\u0000', 'ab'],
  ])('%j becomes %j', (text, expected) => expect(forMarkdown(text)).toBe(expected));

  it('is one line without markup, for any text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const shown = forMarkdown(text);
        expect(shown).not.toMatch(/[\r\n<>\u2028\u2029]/);
        expect(shown).not.toMatch(/[@#]\w|GH-\d|:\/\/|www\./i);
        expect(shown.replace(/\\./gu, '')).not.toMatch(/[\\`*_[\]!|]/);
      }),
    );
  });
});

describe('forCsv', () => {
  it.each([
    ['=HYPERLINK("http://evil","x")', `"'=HYPERLINK(""http://evil"",""x"")"`],
    ['\u200b=1+1', `'\u200b=1+1`],
    ['\ufeff\u00ad+1', `'\ufeff\u00ad+1`],
    [' @SUM(A1)', `' @SUM(A1)`],
    ['-1', `'-1`],
    ['\u0000=1', `'\u0000=1`],
    ['\uff1d1', `'\uff1d1`],
    ['\tx', `"'\tx"`],
    ['\rx', `"'\rx"`],
    ['plain', 'plain'],
    ['a=b', 'a=b'],
    ['a,"b"\n', '"a,""b""\n"'],
    ['a;b', '"a;b"'],
    ['', ''],
    [-1, '-1'],
    [0.5, '0.5'],
    [-Infinity, `'-Infinity`],
    [Number.NaN, 'NaN'],
  ])('%j becomes %j', (value, expected) => expect(forCsv(value)).toBe(expected));

  it('never begins with what a spreadsheet reads as a formula', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', ' ', '\u200b', '\n', '"'),
        fc.constantFrom('=', '+', '-', '@', '\t', '\r'),
        fc.string(),
        (a, b, c) => {
          const field = forCsv(a + b + c);
          const value = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
          expect(value.replace(/^[\s\u200b]+/, '')).not.toMatch(/^[=+\-@]/);
        },
      ),
    );
  });
});
