import { readFileSync } from 'node:fs';
import { promptProblems } from '../errors/prompts.js';
import type { JsonObject, Message, Parameters, Tool } from '../vocabulary.js';
import { fromFiles } from './files.js';
import { checkOptions, loaded, PromptError } from './loaded.js';
import { fromLock } from './lock.js';

export { PromptError } from './loaded.js';
export type { JsonObject, Message, Parameters, Tool } from '../vocabulary.js';

/**
 * The prompts of your library: empty until `assay types` has written a declaration file that fills it in. Then a prompt that does
 * not exist and a variable that is missing or misspelt are compile errors.
 */
// An interface, so that declarations can add to it.
export interface Prompts {}

/** An id of a prompt. */
export type PromptId = [keyof Prompts] extends [never] ? string : Extract<keyof Prompts, string>;

/** The variables of a prompt; of several ids, those that fit each of the prompts, as either may be the one that is loaded. */
export type VarsOf<Id extends string> = Taken<Id> extends (vars: infer Vars) => void ? Vars : never;

/** A function for each id: what all of them can be called with is what fits all. */
type Taken<Id extends string> = Id extends keyof Prompts
  ? (vars: Member<Prompts[Id], 'vars'>) => void
  : (vars: object) => void;

/** What a prompt answers with, once parsed: the type of its `output` schema. */
export type OutputOf<Id extends string> = Id extends keyof Prompts ? Member<Prompts[Id], 'output'> : unknown;

type Member<Entry, Key extends string> = Entry extends { [name in Key]: infer Value } ? Value : never;

/** A prompt as it was evaluated. */
export interface LoadedPrompt<Id extends string = string> {
  id: Id;
  /** 12 hex digits over all that a model can see of it. */
  version: string;
  /** Sampling parameters under neutral names, and those of each provider under its name. */
  parameters: Parameters;
  /** JSON Schema of the variables. */
  input?: JsonObject;
  /** JSON Schema of the answer. */
  output?: JsonObject;
  /** `off`: the answer's schema is not sent to the model. */
  structured: 'auto' | 'off';
  tools: Tool[];
  /**
   * The messages, exactly as the evaluation sent them.
   * @throws PromptError when variables are missing, unknown or of another type, each by its name; values are never printed
   */
  render(...vars: Record<never, never> extends VarsOf<Id> ? [vars?: VarsOf<Id>] : [vars: VarsOf<Id>]): {
    messages: Message[];
  };
}

/** Where a prompt comes from, and which version it must be. */
export interface LoadOptions {
  /** Folder of the project; by default the nearest with an assay.config.yaml, from the working folder upward. */
  root?: string;
  /** The only version that is accepted. */
  version?: string;
  /** What `assay build` wrote: the imported JSON, or the path of the file. Then no other file is read. */
  lock?: PromptLock | string;
}

/** The JSON that `assay build` writes. */
export interface PromptLock {
  schemaVersion: number;
  prompts: object;
}

/**
 * Loads a prompt for use in an application: the very file that was evaluated, with its partials in place.
 * @param id path below the library folder, e.g. `support/triage`
 * @throws PromptError when there is none, it has mistakes, or it is another version than the one asked for
 * @example
 * const triage = await loadPrompt('support/triage', { lock });
 * const { messages } = triage.render({ ticket });
 */
export async function loadPrompt<const Id extends PromptId>(
  id: Id,
  options: LoadOptions = {},
): Promise<LoadedPrompt<Id>> {
  checkOptions(id, options, OPTIONS);
  const { root, lock, version } = options;
  const source =
    lock === undefined ? await fromFiles(id, root) : fromLock(typeof lock === 'string' ? readLock(lock) : lock, id);
  // What `render` takes is checked when it is called; its type is what the declarations say.
  return (await loaded(id, source, version)) as LoadedPrompt<Id>;
}

const OPTIONS = ['root', 'version', 'lock'] satisfies (keyof LoadOptions)[];

function readLock(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is no JSON' : 'it cannot be read';
    throw new PromptError([promptProblems['bad-lock'](`${path}: ${why}`)]);
  }
}
