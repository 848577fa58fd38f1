import type { Json, JsonObject, Message, Parameters, Tool } from '../vocabulary.js';
import type { Redact } from '../trust/redact.js';
import { ProviderError, type ProviderRequest } from './provider.js';

/** What an application of the user's is handed: on stdin (`exec`), as an argument (`module`), or for its body (`http`). */
export interface AppRequest {
  /** `provider:name`, and the part behind the first colon. */
  model: string;
  name: string;
  messages: Message[];
  parameters: Parameters;
  tools: Tool[];
  /** JSON Schema that the answer should follow; null when there is none. */
  schema: JsonObject | null;
  vars: JsonObject;
  case: string;
  /** From 1. */
  repeat: number;
}

/** The request as an application sees it. */
export function appRequest(request: ProviderRequest): AppRequest {
  const { model, name, messages, parameters, tools, schema, vars, trial } = request;
  return {
    model,
    name,
    messages,
    parameters,
    tools,
    schema: schema ?? null,
    vars: vars ?? {},
    case: trial.case,
    repeat: trial.repeat,
  };
}

/** The failure of a call that was ended from outside: by a deadline, or by the user. */
export function ended(signal: AbortSignal): ProviderError {
  const reason: unknown = signal.reason;
  if (reason instanceof ProviderError) return reason;
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? new ProviderError({ kind: 'timeout', message: 'no answer in time' }, { retry: 'transient' })
    : new ProviderError({ kind: 'aborted', message: 'the call was ended' }, { retry: 'no' });
}

/**
 * Waits for work unless the signal ends the wait first; what the work does later is of no account.
 * @throws what the work throws, or `ended`
 */
export async function unlessEnded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const end = new Promise<never>((_, reject) => {
    const stop = () => reject(ended(signal));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    over.abort();
  }
}

/** The end of a text is shown, as that is where programs say what went wrong. In UTF-16 units. */
const LONGEST = 600;

/**
 * Text of a program or a thrown value, fit for one line of a message: no escape sequences or control characters, not long.
 * @param redact takes keys out, before the text is cut
 */
export function printable(text: string, redact: Redact, longest = LONGEST): string {
  const bare = text.replaceAll(/\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g, '');
  const plain = redact(bare)
    .trim()
    .replaceAll(/\s*[\r\n]+\s*/g, ' | ')
    .replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g, ' ')
    .trim();
  return plain.length <= longest ? plain : `…${plain.slice(-longest).replace(/^[\uDC00-\uDFFF]/, '')}`;
}

/** How an answer begins that is not what it should be, fit for a message. @param redact as for `printable` */
export function beginningOf(text: string, redact: Redact): string {
  return printable(redact(text).slice(0, 200), redact);
}

/** What was thrown, in words: users' code throws anything. */
export function thrownText(thrown: unknown, redact: Redact, longest = LONGEST): string {
  try {
    if (thrown instanceof Error) return printable(thrown.message || thrown.name, redact, longest);
    if (thrown !== null && typeof thrown === 'object')
      return printable(JSON.stringify(thrown) ?? 'an object', redact, longest);
    return printable(String(thrown), redact, longest);
  } catch {
    return 'a value that cannot be read';
  }
}

/** A text, or the JSON of anything else. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
