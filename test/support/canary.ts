import { expect } from 'vitest';
import type { Outcome, Project } from './project.js';

/**
 * A key that stands nowhere but in the environment of a command. It is longer than a line, and has what Markdown escapes: reports that
 * wrap, cut or escape it must not hide it from whoever searches. It has not the shape of a known kind of key, which messages hide anyway.
 */
export const CANARY =
  'sk_live_CANARY*7f3a9c51d2-AbCdEfGh_1234567890_abcdefghijklmnop~QRSTUVWX*yz-0a1b2c3d4e5f_6g7h8i9j0k-l1m2n3o4';

/** A secret in every form in which a server, or a careless program, could hand it back. */
export function formsOf(secret: string): string[] {
  const url = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    ...new Set([
      secret,
      json,
      JSON.stringify(json).slice(1, -1),
      url,
      url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
    ]),
  ];
}

/**
 * Nothing that a command wrote or printed may hold a secret in any of its forms.
 * @param secret one that no file of the project held before
 */
export function expectNoSecret(
  made: Project,
  { stdout, stderr }: Pick<Outcome, 'stdout' | 'stderr'>,
  secret: string = CANARY,
): void {
  const files = Object.fromEntries(made.files().map((file) => [file, made.read(file)]));
  const texts = Object.entries({ stdout, stderr, ...files });
  expect(texts.length).toBeGreaterThan(2);
  for (const [where, text] of texts) {
    for (const form of formsOf(secret)) expect(text.includes(form), `${form} in ${where}`).toBe(false);
  }
  if (secret.includes(CANARY)) expectNoPiece(made, { stdout, stderr }, CANARY);
}

/** So many characters of a secret in a row are a piece of it. */
const PIECE = 10;

/**
 * Nothing that a command wrote or printed may hold a piece of a secret, also where it is escaped, or broken over lines.
 * @param secret one that no file of the project held before, without blanks
 */
export function expectNoPiece(
  made: Project,
  { stdout, stderr }: Pick<Outcome, 'stdout' | 'stderr'>,
  secret: string,
): void {
  const files = Object.fromEntries(made.files().map((file) => [file, made.read(file)]));
  const pieces = Array.from({ length: secret.length - PIECE + 1 }, (_, at) => secret.slice(at, at + PIECE));
  for (const [where, text] of Object.entries({ stdout, stderr, ...files })) {
    const plain = unescaped(text).toLowerCase();
    const found = pieces.find((piece) => plain.includes(piece.toLowerCase()));
    const at = found === undefined ? 0 : plain.indexOf(found.toLowerCase());
    expect(found && plain.slice(Math.max(0, at - 60), at + 60), `a piece in ${where}`).toBeUndefined();
  }
}

/** A text without the escapes of Markdown, JSON and XML, without colours, and with its lines joined. */
function unescaped(text: string): string {
  return text
    .replace(/\u001b\[[\d;]*m/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/&(?:amp|lt|gt|quot|apos);/g, (name) => ({ '&amp;': '&', '&lt;': '<', '&gt;': '>' })[name] ?? "'")
    .replace(/[\s\u200b\\]+/g, '');
}
