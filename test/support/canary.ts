import { expect } from 'vitest';
import type { Outcome, Project } from './project.js';

/** A key that stands nowhere but in the environment of a command. */
export const CANARY = 'sk-test-CANARY-7f3a9c51d2';

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
}
