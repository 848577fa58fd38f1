import { promptProblems } from '../errors/prompts.js';
import { type Canonical, partsOf } from '../library/canonical.js';
import { versionContent } from '../library/version-content.js';
import type { JsonObject, Parameters, Prompt, Tool } from '../vocabulary.js';
import { contentHash } from './content-hash.js';
import { PromptError, type Source } from './loaded.js';
import { isRecord } from '../objects.js';

/** `prompts.lock.json`: all that an application needs of its prompts, as they were when it was built. */
export interface Lock {
  schemaVersion: 1;
  prompts: Record<string, LockedPrompt>;
}

/** A prompt in a lock file. What is empty or usual is left out. */
export interface LockedPrompt {
  version: string;
  /** `checksumOf` its id, version and `input`. */
  checksum: string;
  parameters?: Parameters;
  input?: JsonObject;
  output?: JsonObject;
  structured?: Prompt['structured'];
  tools?: Tool[];
  messages: Canonical[];
}

/** Proves what `version` says nothing about: the id and `input`, which no model sees. */
export function checksumOf(id: string, { version, input }: Pick<LockedPrompt, 'version' | 'input'>): string {
  return contentHash({ id, version, input });
}

/**
 * Reads a prompt out of a lock, and proves that it is what its version says: whoever edits a lock by hand must not pass for what
 * was evaluated.
 * @throws PromptError `bad-lock`, `unknown-prompt`, `changed-lock`
 */
export function fromLock(lock: unknown, id: string): Source {
  const locked = lockedPrompt(lock, id);
  const { messages, version, parameters = {}, structured = 'auto', tools = [], input, output } = locked;
  const visible = { parameters, structured, tools, ...(output && { output }) };
  const actual = contentHash(versionContent({ messages, ...visible }));
  if (actual !== version || checksumOf(id, locked) !== locked.checksum)
    throw new PromptError([promptProblems['changed-lock'](id, version)]);
  return { version, ...visible, ...(input && { input }), template: partsOf(messages) };
}

function lockedPrompt(lock: unknown, id: string): LockedPrompt {
  const bad = (why: string) => new PromptError([promptProblems['bad-lock'](why)]);
  if (!isRecord(lock) || !isRecord(lock.prompts)) throw bad('it is no lock file of prompts');
  if (lock.schemaVersion !== 1) {
    throw bad(`it has schemaVersion ${JSON.stringify(lock.schemaVersion)}; this version of promptassay reads 1`);
  }
  if (!Object.hasOwn(lock.prompts, id)) {
    const name = id.slice(id.lastIndexOf('/') + 1);
    const near = Object.keys(lock.prompts).find((each) => each.slice(each.lastIndexOf('/') + 1) === name);
    throw new PromptError([promptProblems['unknown-prompt'](id, 'the lock file', near)]);
  }
  const entry = lock.prompts[id];
  if (!isLocked(entry)) throw bad(`prompt "${id}" is incomplete`);
  return entry;
}

function isLocked(entry: unknown): entry is LockedPrompt {
  if (!isRecord(entry) || typeof entry.version !== 'string' || typeof entry.checksum !== 'string') return false;
  if (!isCanonical(entry.messages)) return false;
  const { parameters = {}, input = {}, output = {}, tools = [], structured = 'auto' } = entry;
  const known = structured === 'auto' || structured === 'off';
  return isRecord(parameters) && isRecord(input) && isRecord(output) && Array.isArray(tools) && known;
}

function isCanonical(parts: unknown): boolean {
  return (
    Array.isArray(parts) &&
    parts.every((part: unknown) => {
      if (!isRecord(part)) return typeof part === 'string';
      if (typeof part.v === 'string') return true;
      return [part.m, part.s, part.i].filter((name) => typeof name === 'string').length === 1 && isCanonical(part.p);
    })
  );
}
