import { promptProblems } from '../errors/prompts.js';
import { type Loaded, loaded, PromptError } from './loaded.js';
import { fromLock } from './lock.js';

export { PromptError } from './loaded.js';

/** `loadPrompt` where there is no file system: browsers, edge workers. The types are those of index.ts. */
export async function loadPrompt(id: string, options: { version?: string; lock?: unknown } = {}): Promise<Loaded> {
  const { lock, version } = options;
  if (typeof lock !== 'object' || lock === null) throw new PromptError([promptProblems['no-file-system'](id)]);
  const { messages: _, ...source } = fromLock(lock, id);
  return loaded(id, source, version);
}
