import type { Reply } from '../support/scripted-server.js';
import type { Family } from './families.js';
import type { Question, Row } from './row.js';

export const JSON_TYPE = { 'content-type': 'application/json' };
/** Nobody listens there. */
export const DEAD = 'http://127.0.0.1:9';

/** An error in the words of the family; it echoes the key that it was sent, as some servers do. */
export function error({ family, seen }: Question, status: number, type: string, message: string, headers = {}): Reply {
  const key = String(seen.headers.authorization ?? seen.headers['x-api-key'] ?? '').replace('Bearer ', '');
  return {
    status,
    headers: { 'set-cookie': `session=${key}`, ...headers },
    json: errorBody(family, type, `${message} (key ${key})`),
  };
}

/** The body of such an error. */
export function errorBody(family: Family, type: string, message: string): object {
  return family === 'openai'
    ? { error: { message, type, code: type, param: null } }
    : { type: 'error', error: { type, message, details: { error_code: type } }, request_id: 'req_1' };
}

export function limited(question: Question, headers = {}): Reply {
  return error(question, 429, 'rate_limit_error', 'slow down', headers);
}

/** In the words of each family: a limit that is used up and whole again in so many seconds. */
export function usedUp(family: Family, seconds: number): Record<string, string> {
  const minutes = Math.floor(seconds / 60);
  return family === 'openai'
    ? {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': `${minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`,
      }
    : {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': new Date(Date.now() + seconds * 1000).toISOString(),
      };
}

/** Whether it is a judge that is asked. */
export function isForJudge({ seen }: Question): boolean {
  return seen.body.includes('Is polite');
}

/** The content of an answer, replaced by something else. */
export function content({ family, right }: Question, value: unknown): Record<string, unknown> {
  if (family === 'anthropic') return right({ content: value });
  return right({ choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: value } }] });
}

/** An answer that says this instead. */
export function saying(question: Question, text: string): Reply {
  return { json: content(question, question.family === 'anthropic' ? [{ type: 'text', text }] : text) };
}

/** An answer that ended for this reason. */
export function ended({ family, right }: Question, openai: string, anthropic: string): Reply {
  const answer = right();
  if (family === 'anthropic') return { json: { ...answer, stop_reason: anthropic } };
  const [choice] = answer['choices'] as object[];
  return { json: { ...answer, choices: [{ ...choice, finish_reason: openai }] } };
}

/** A right answer as text, changed. */
export function changed({ right }: Question, change: (text: string) => string | Uint8Array): Reply {
  return { body: change(JSON.stringify(right())), headers: JSON_TYPE };
}

/** A reply for each case. */
export function byCase(replies: Record<string, (question: Question) => Reply | undefined>): Row['reply'] {
  return (question) => replies[question.id]?.(question);
}
