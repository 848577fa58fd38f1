import { canonicalJson } from '../canonical-json.js';
import { promptProblems } from '../errors/prompts.js';
import { checkOptions, type Loaded, loaded, PromptError } from './loaded.js';
import { fromLock } from './lock.js';

export { PromptError } from './loaded.js';

/** `loadPrompt` where there is no file system: browsers, edge workers. The types are those of index.ts. */
export async function loadPrompt(id: string, options: { version?: string; lock?: unknown } = {}): Promise<Loaded> {
  // `root` means nothing here, but the same call may run where there are files.
  checkOptions(id, options, ['root', 'version', 'lock']);
  const { lock, version } = options;
  if (typeof lock !== 'object' || lock === null) throw new PromptError([promptProblems['no-file-system'](id)]);
  return loaded(id, await fromLock(lock, id, webHash), version);
}

/** `contentHash` by Web Crypto; undefined where there is none, as on a page that was not loaded over HTTPS. */
function webHash(content: unknown): Promise<string> | undefined {
  const subtle = (globalThis as Partial<typeof globalThis>).crypto?.subtle;
  return subtle?.digest('SHA-256', new TextEncoder().encode(canonicalJson(content))).then(hexDigits);
}

/** The first 12 hex digits. */
function hexDigits(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest, 0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
