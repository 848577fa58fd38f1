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
  return loaded(id, fromLock(lock, id), version);
}
