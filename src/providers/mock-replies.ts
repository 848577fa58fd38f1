import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { UserError } from '../errors.js';
import type { Completion, FailureKind, Problem } from '../vocabulary.js';
import { readCompletion } from './completion.js';
import { isRecord } from '../objects.js';
import { nearMiss } from './near-miss.js';
import { badRow, MOST_PROBLEMS, readJsonl, unreadable } from './rows.js';

/** Scripted trouble: `times` tries of a question fail, all without it; `afterMs` is the delay that a server would ask for. */
export interface Trouble {
  kind: FailureKind;
  message?: string;
  afterMs?: number;
  times?: number;
}

/** A scripted reply: for which requests (an absent field fits any), and what they get. */
export interface Reply {
  /** Its place in the file, from 0. */
  order: number;
  case?: string;
  prompt?: string;
  repeat?: number;
  model?: string;
  /** A piece of the last user message. */
  contains?: string;
  /** Real milliseconds before it answers. */
  delayMs: number;
  error?: Trouble;
  /** What it answers; absent where there is only trouble. */
  completion?: Completion;
}

const TEXTS = ['case', 'prompt', 'model', 'contains'] as const;
const KEYS = [...TEXTS, 'repeat', 'delayMs', 'error'] as const;
const ERROR_KEYS = ['kind', 'message', 'afterMs', 'times'] as const;
const ANSWER_KEYS = ['output', 'toolCalls', 'refusal'];
const COMPLETION_KEYS = [
  ...ANSWER_KEYS,
  'usage',
  'finishReason',
  'finishDetail',
  'latencyMs',
  'firstTokenMs',
  'answeredBy',
  'costUsd',
];
const REMEDY =
  'A reply is { case?, prompt?, repeat?, model?, contains?, output?, toolCalls?, usage?, finishReason?, latencyMs?, delayMs?, error?: { kind, afterMs?, message?, times? } }.';

/** `not-recorded` and `aborted` are ours to say, no model's. */
const KINDS: readonly string[] = [
  'rate-limited',
  'quota',
  'overloaded',
  'server',
  'network',
  'timeout',
  'bad-response',
  'auth',
  'bad-request',
  'not-found',
  'too-large',
  'blocked',
  'code',
] satisfies FailureKind[];

/**
 * The scripted replies of a .jsonl file, or of a .yaml or .json file that holds a list.
 * @throws UserError that lists what is wrong with which line
 */
export async function readReplies(absolute: string, file: string): Promise<Reply[]> {
  const found: Problem[] = [];
  const replies: Reply[] = [];
  const rows =
    extname(file) === '.jsonl' ? readJsonl(absolute, file, (each) => found.push(each)) : listed(absolute, file);
  for await (const { value, line } of rows) {
    const reply = readReply(value, replies.length);
    if (typeof reply !== 'string') replies.push(reply);
    else if (found.push(badRow(file, line, reply, REMEDY)) >= MOST_PROBLEMS) break;
  }
  if (found.length > 0) throw new UserError(found);
  return replies;
}

/** The rows of a YAML or JSON list, each with its line. */
async function* listed(absolute: string, file: string): AsyncGenerator<{ value: unknown; line: number }> {
  const text = await readFile(absolute, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const { isNode, isSeq, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  // The YAML parser counts a BOM as a column, and then finds the first item indented unlike the others.
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number | undefined): number =>
    offset === undefined ? 1 : Math.max(1, lines.linePos(offset).line);
  const [error] = document.errors;
  if (error) throw new UserError([badRow(file, lineOf(error.pos[0]), error.message, 'Correct the YAML.')]);
  if (!isSeq(document.contents)) throw new UserError([badRow(file, 1, 'the file holds no list', REMEDY)]);
  for (const item of document.contents.items) {
    const line = lineOf(isNode(item) ? item.range?.[0] : undefined);
    yield { value: isNode(item) ? plain(() => item.toJS(document), file, line) : item, line };
  }
}

/** Aliases are resolved only so many times: a small file can stand for billions of values. */
function plain(read: () => unknown, file: string, line: number): unknown {
  try {
    return read();
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read';
    throw new UserError([badRow(file, line, why, 'Write the values out, without aliases.')]);
  }
}

/** A reply, or what is wrong with it. */
function readReply(value: unknown, order: number): Reply | string {
  if (!isRecord(value)) return 'the reply is no object';
  const wrong = unknownKey(value, [...KEYS, ...COMPLETION_KEYS]);
  if (wrong) return wrong;
  const reply: Reply = { order, delayMs: 0 };
  for (const key of TEXTS) {
    const text = value[key];
    if (text === undefined) continue;
    if (typeof text !== 'string') return `"${key}" is no text`;
    reply[key] = text;
  }
  if (value.repeat !== undefined) {
    if (!isCount(value.repeat) || value.repeat < 1) return '"repeat" is no whole number from 1';
    reply.repeat = value.repeat;
  }
  if (value.delayMs !== undefined) {
    if (!isDelay(value.delayMs)) return '"delayMs" is no number of milliseconds';
    reply.delayMs = value.delayMs;
  }
  const trouble = value.error === undefined ? undefined : readTrouble(value.error);
  if (typeof trouble === 'string') return trouble;
  if (trouble) reply.error = trouble;
  return ANSWER_KEYS.some((key) => value[key] !== undefined) ? withAnswer(reply, value) : withoutAnswer(reply);
}

function withAnswer(reply: Reply, value: Record<string, unknown>): Reply | string {
  if (reply.error && reply.error.times === undefined) return 'the answer is never given: "error" has no "times"';
  const read = readCompletion(value, KEYS);
  return read.ok ? { ...reply, completion: read.completion } : read.message;
}

function withoutAnswer(reply: Reply): Reply | string {
  return reply.error ? reply : 'the reply has neither "output" nor "error"';
}

function readTrouble(value: unknown): Trouble | string {
  if (!isRecord(value)) return '"error" is no object';
  const wrong = unknownKey(value, ERROR_KEYS);
  if (wrong) return wrong;
  const { kind, message, afterMs, times } = value;
  if (typeof kind !== 'string' || !isKind(kind)) return `"error.kind" is none of ${KINDS.join(', ')}`;
  if (message !== undefined && typeof message !== 'string') return '"error.message" is no text';
  if (afterMs !== undefined && !isDelay(afterMs)) return '"error.afterMs" is no number of milliseconds';
  if (times !== undefined && !isCount(times)) return '"error.times" is no whole number';
  return {
    kind,
    ...(message !== undefined && { message }),
    ...(afterMs !== undefined && { afterMs }),
    ...(times !== undefined && { times }),
  };
}

function unknownKey(value: Record<string, unknown>, known: readonly string[]): string | undefined {
  const key = Object.keys(value).find((each) => !known.includes(each));
  if (key === undefined) return undefined;
  const near = nearMiss(key, known);
  return `unknown key "${key}"${near ? `; did you mean "${near}"?` : ''}`;
}

function isKind(kind: string): kind is FailureKind {
  return KINDS.includes(kind);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isDelay(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 2 ** 31;
}
