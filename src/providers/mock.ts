import type { Completion, FailureKind, Problem, Retry } from '../vocabulary.js';
import { fileProblems, problemsOf } from './files.js';
import { embeddings } from './mock-embeddings.js';
import { readReplies, type Reply, type Trouble } from './mock-replies.js';
import { ended, unlessEnded } from './protocol.js';
import { ProviderError, type Call, type Provider, type ProviderDefinition, type ProviderRequest } from './provider.js';
import { badSetting, textSetting } from './settings.js';

/** Names that answer without a script. */
const ECHO = 'echo';
const EMBED = 'embed';

const TRANSIENT: ReadonlySet<FailureKind> = new Set([
  'rate-limited',
  'overloaded',
  'server',
  'network',
  'timeout',
  'bad-response',
]);

/**
 * A stand-in for a model, deterministic and free: `echo` answers with the last user message, `embed` makes vectors of words,
 * and `replies` scripts answers, tool calls, delays and faults for any other name, for trials and judges alike. The first reply
 * that fits a request answers it.
 */
export const mock: ProviderDefinition = {
  type: 'mock',
  calls: 'none',
  embeds: (name) => name === EMBED,
  settings: {
    type: 'object',
    additionalProperties: false,
    properties: {
      replies: {
        type: 'string',
        minLength: 1,
        description: 'Path of a .yaml, .json or .jsonl file of scripted replies.',
      },
    },
  },
  keys: () => [],
  check(context): Problem[] {
    const wrong = problemsOf(() => textSetting(context, 'replies'));
    if (wrong.length > 0) return [...wrong];
    if (context.settings.replies !== undefined) return [...fileProblems(context, String(context.settings.replies))];
    return context.models
      .filter((name) => name !== ECHO && name !== EMBED)
      .flatMap((name) => badSetting(context, `there are no replies for "${name}"`, NO_REPLIES).problems);
  },
  async create(context) {
    const file = textSetting(context, 'replies');
    const replies = file === undefined ? [] : await readReplies(context.resolve(file), file);
    return new Mock(replies, file);
  },
};

const NO_REPLIES = 'Use mock:echo, or configure a provider of type mock with "replies", the path of a file.';

class Mock implements Provider {
  private readonly byCase = new Map<string, Reply[]>();
  private readonly general: Reply[] = [];
  /** How often a reply with `error.times` has met a request. */
  private readonly met = new Map<string, number>();

  constructor(
    replies: readonly Reply[],
    private readonly file: string | undefined,
  ) {
    for (const reply of replies) {
      if (reply.case === undefined) this.general.push(reply);
      else if (!this.byCase.get(reply.case)?.push(reply)) this.byCase.set(reply.case, [reply]);
    }
  }

  async complete(request: ProviderRequest, call: Call): Promise<Completion> {
    if (call.signal.aborted) throw ended(call.signal);
    const text = request.messages.findLast((message) => message.role === 'user')?.content ?? '';
    for (const reply of this.fitting(request, text)) {
      if (reply.error && this.fails(reply.error, reply, request, text)) {
        await pause(reply.delayMs, call.signal);
        throw troubleOf(reply.error);
      }
      if (!reply.completion) continue;
      await pause(reply.delayMs, call.signal);
      return structuredClone(reply.completion);
    }
    if (request.name === ECHO) return { output: text, finishReason: 'stop' };
    const where = this.file ?? 'the mock provider';
    const { case: id, repeat } = request.trial;
    throw refused(`${where} has no reply for case "${id}", repeat ${repeat}, model "${request.name}"`);
  }

  async embed(request: ProviderRequest): Promise<Completion> {
    if (request.name !== EMBED) throw refused(`"${request.name}" makes no embeddings; "${EMBED}" does`);
    return { output: '', finishReason: 'stop', embeddings: embeddings(request.texts ?? []) };
  }

  /** Replies in the order of the file, those of other cases not looked at. */
  private *fitting(request: ProviderRequest, text: string): Generator<Reply> {
    const own = this.byCase.get(request.trial.case) ?? [];
    let next = 0;
    for (const reply of this.general) {
      for (let each = own[next]; each && each.order < reply.order; each = own[++next]) {
        if (fits(each, request, text)) yield each;
      }
      if (fits(reply, request, text)) yield reply;
    }
    for (const reply of own.slice(next)) if (fits(reply, request, text)) yield reply;
  }

  /** Whether trouble is due: always, or for the first `times` tries of this very question. */
  private fails(error: Trouble, reply: Reply, request: ProviderRequest, text: string): boolean {
    if (error.times === undefined) return true;
    const { prompt, case: id, repeat } = request.trial;
    const key = JSON.stringify([reply.order, request.name, prompt, id, repeat, text]);
    const before = this.met.get(key) ?? 0;
    this.met.set(key, before + 1);
    return before < error.times;
  }
}

function fits(reply: Reply, request: ProviderRequest, text: string): boolean {
  const { prompt, repeat } = request.trial;
  return (
    (reply.prompt === undefined || reply.prompt === prompt) &&
    (reply.repeat === undefined || reply.repeat === repeat) &&
    (reply.model === undefined || reply.model === request.name) &&
    (reply.contains === undefined || text.includes(reply.contains))
  );
}

function troubleOf(error: Trouble): ProviderError {
  const message = error.message ?? `scripted ${error.kind}`;
  return new ProviderError({ kind: error.kind, message }, retryOf(error));
}

function retryOf(error: Trouble): Retry {
  if (error.afterMs !== undefined) return { retry: 'rate-limited', afterMs: error.afterMs };
  if (error.kind === 'rate-limited') return { retry: 'rate-limited' };
  return { retry: TRANSIENT.has(error.kind) ? 'transient' : 'no' };
}

function refused(message: string): ProviderError {
  return new ProviderError({ kind: 'bad-request', message }, { retry: 'no' });
}

/** Waits as a slow model would. @throws ProviderError as soon as the call is ended from outside */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await unlessEnded(over, signal).finally(() => clearTimeout(timer));
}
