import { forHtml, forMarkdown, forTerminal } from './escape.js';

/** Shorter values are words and numbers that stand in any text. In UTF-16 units. */
const SHORTEST = 8;
const MARK = '[redacted]';

/** Takes every secret out of a text, and leaves any other text as it is. */
export type Redact = (text: string) => string;

/**
 * Makes the function through which everything goes that is written or printed: it replaces each secret, in whatever common
 * form it stands there, by `[redacted]`. Facts go through it before they are escaped, wrapped or cut: half a secret is found by nobody.
 * @param secrets the values of the keys in use; those under 8 characters are left alone
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = new Set(secrets.flatMap(partsOf).flatMap(formsOf));
  if (forms.size === 0) return (text) => text;
  // The longest first: a form may begin with another one, and its rest must not stay.
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const pattern = new RegExp(longestFirst.map(escapePattern).join('|'), 'g');
  return (text) => text.replace(pattern, MARK);
}

/**
 * What of a variable's value is secret by itself: the value, each of its lines, of a header its value, and of `Bearer …` and `Basic …`
 * what stands behind the scheme, also decoded.
 */
function partsOf(value: string): string[] {
  const lines = [value, ...value.split(/[\r\n]+/)].map((line) => line.trim());
  const headers = lines.flatMap((line) => /^[\w-]+:\s*(.+)$/.exec(line)?.[1] ?? []);
  const credentials = [...lines, ...headers].flatMap((text) => /^[\w-]+\s+(\S+)$/.exec(text)?.[1] ?? []);
  const decoded = credentials.map((text) => Buffer.from(text, 'base64').toString('utf8')).filter(isUserAndPassword);
  const passwords = decoded.map((text) => text.slice(text.indexOf(':') + 1));
  return [value, ...lines, ...headers, ...credentials, ...decoded, ...passwords];
}

/** What HTTP's scheme Basic encodes (RFC 7617). */
function isUserAndPassword(text: string): boolean {
  return /^[^:\p{Cc}]*:\P{Cc}+$/u.test(text) && !text.includes('\ufffd');
}

/** How a secret may stand in a text: as it is, or as JSON, a URL, HTML, Markdown, one line, base64 or hex would hold it. */
function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST) return [];
  const bytes = Buffer.from(secret, 'utf8');
  const json = inJson(secret);
  const url = encodeURIComponent(bytes.toString('utf8'));
  const html = inHtml(secret);
  return [
    secret,
    json,
    // A reply in JSON that is itself stored in JSON.
    inJson(json),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll('%20', '+'),
    html,
    html.replaceAll('&#39;', '&apos;'),
    forHtml(secret),
    forMarkdown(secret),
    forTerminal(secret),
    secret.replace(/\s+/g, ' '),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64'),
    ...base64Cores(bytes),
  ].flatMap((form) => [form, toUrlAlphabet(form)]);
}

/**
 * What base64 makes of bytes in the middle of others, e.g. of the password in `user:password`: for each of the three ways they
 * can lie in groups of three, the characters that their neighbours do not change.
 */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const bits = (shift + bytes.length) * 8;
    return text.slice(Math.ceil((shift * 8) / 6), Math.floor(bits / 6));
  });
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function inHtml(text: string): string {
  const entities = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return entities.replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

function toUrlAlphabet(base64: string): string {
  return /^[\w+/]+=*$/.test(base64) ? base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') : base64;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
