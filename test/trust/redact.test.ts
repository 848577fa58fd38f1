import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forHtml, forMarkdown, forTerminal } from '../../src/trust/escape.js';
import { createRedactor } from '../../src/trust/redact.js';

const KEY = 'sk-test-CANARY123/+"&é';

describe('createRedactor', () => {
  const redact = createRedactor([KEY, '', 'short']);
  const bytes = Buffer.from(KEY);

  it.each([
    ['as it is', KEY],
    ['as JSON', JSON.stringify(KEY)],
    ['as JSON in JSON', JSON.stringify(JSON.stringify({ k: KEY }))],
    ['in a URL', encodeURIComponent(KEY)],
    ['in a URL, lower case', encodeURIComponent(KEY).replace(/%../g, (code) => code.toLowerCase())],
    ['in HTML', KEY.replace('&', '&amp;').replace('"', '&quot;')],
    ['in base64', bytes.toString('base64')],
    ['in base64url', bytes.toString('base64url')],
    ['in hex', bytes.toString('hex')],
    ['in basic authentication', Buffer.from(`user:${KEY}`).toString('base64')],
    ['in basic authentication, another alignment', Buffer.from(`me:${KEY}:more`).toString('base64url')],
    ['in basic authentication, a third alignment', Buffer.from(`a:${KEY}`).toString('base64')],
  ])('takes a key out %s', (_, form) => {
    const text = `before ${form} after ${form}`;
    const redacted = redact(text);
    expect(redacted).toMatch(/^before .*\[redacted\].* after .*\[redacted\]/);
    expect(redacted).not.toContain('CANARY');
    for (const each of redacted.match(/[\w+/=-]{8,}/g) ?? []) {
      expect(Buffer.from(each, 'base64').toString()).not.toMatch(/CANAR|NARY1|RY123/);
    }
  });

  it.each([
    ['Markdown', forMarkdown],
    ['HTML', forHtml],
    ['the log of a CI system', forTerminal],
    ['one line', (text: string) => text.replace(/\s+/g, ' ')],
  ])('takes a key out as it is written for %s', (_, escaped) => {
    const key = '::sk_live_*[a]*_<b>&`c`  ##[d]_~|e|';
    expect(createRedactor([key])(`x ${escaped(key)} y`)).toBe('x [redacted] y');
  });

  it('takes the longest of several that begin alike', () => {
    expect(createRedactor(['abcdefgh', 'abcdefgh-ijkl'])('x abcdefgh-ijkl y abcdefgh z')).toBe(
      'x [redacted] y [redacted] z',
    );
  });

  it('knows a key that was stored with white space around it', () => {
    expect(createRedactor(['  secret-key-1\n'])('key=secret-key-1.')).toBe('key=[redacted].');
  });

  it('leaves short values and everything else alone', () => {
    expect(redact('short and sk-test')).toBe('short and sk-test');
    expect(createRedactor([])('anything at all')).toBe('anything at all');
    expect(createRedactor(['', '1234567'])('1234567')).toBe('1234567');
  });

  it('reads no secret as a pattern', () => {
    const odd = String.raw`a.*(b|c)[d]{2}^$+?\-/`;
    expect(createRedactor([odd])(`<${odd}> a.x(b`)).toBe('<[redacted]> a.x(b');
    expect(createRedactor(['........'])('abcdefgh')).toBe('abcdefgh');
  });

  it('leaves no secret in any text', () => {
    const secret = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }).filter((text) => text.length >= 8);
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.string(),
        fc.nat(),
        fc.constantFrom<(text: string) => string>(
          (text) => text,
          JSON.stringify,
          encodeURIComponent,
          (text) => Buffer.from(text).toString('base64'),
          (text) => Buffer.from(text).toString('base64url'),
        ),
        (secrets, around, pick, encode) => {
          const hidden = secrets[pick % secrets.length] ?? '';
          const text = `${around}${encode(hidden)}${around}`;
          expect(createRedactor(secrets)(text)).not.toContain(encode(hidden));
        },
      ),
    );
  });

  it('changes nothing in a text without secrets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(redact(text)).toBe(text);
      }),
    );
  });

  it('does not fail on half a character', () => {
    expect(createRedactor(['12345678\ud800'])('x 12345678\ud800')).toBe('x [redacted]');
  });
});
