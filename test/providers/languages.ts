import { anthropic } from '../../src/providers/anthropic.js';
import { openai } from '../../src/providers/openai.js';
import type { Provider } from '../../src/providers/provider.js';
import { type GuardedFetch, guardedFetch } from '../../src/providers/wire.js';
import { createRedactor } from '../../src/trust/redact.js';
import type { Parameters, ProviderSettings } from '../../src/vocabulary.js';
import { CANARY } from '../support/canary.js';
import {
  chatAnswer,
  chatEvents,
  messagesAnswer,
  messagesEvents,
  responsesAnswer,
  responsesEvents,
  sse,
} from '../support/replies.js';
import type { Reply, Seen } from '../support/scripted-server.js';
import { contextFor } from './support.js';

/** As a pool hands it to its providers. */
const redact = createRedactor([CANARY]);

/** One of the languages that our SDK providers speak, as a whole or as a stream. */
export interface Language {
  name: string;
  parameters: Parameters;
  streamed: boolean;
  path: string;
  /** A right answer with this text. */
  answer(content: string): Reply;
  /** The same as data, to be changed by a test. */
  body(content: string, more?: Record<string, unknown>): Record<string, unknown>;
  /** A provider for a server at this URL. */
  make(url: string, settings?: Partial<ProviderSettings>): Promise<{ provider: Provider; wire: GuardedFetch }>;
}

interface Spoken {
  name: string;
  path: string;
  body: Language['body'];
  events(content: string): (object | string)[];
  make: Language['make'];
}

async function openaiAt(url: string, settings: Partial<ProviderSettings>): ReturnType<Language['make']> {
  const wire = guardedFetch();
  const all: ProviderSettings = { type: 'openai', baseURL: `${url}/v1`, ...settings };
  const context = contextFor('/', all, {
    name: 'openai',
    env: { OPENAI_API_KEY: CANARY },
    fetch: wire.fetch,
    redact,
  });
  return { provider: await openai.create(context), wire };
}

async function anthropicAt(url: string, settings: Partial<ProviderSettings> = {}): ReturnType<Language['make']> {
  const wire = guardedFetch();
  const all: ProviderSettings = { type: 'anthropic', baseURL: url, ...settings };
  const context = contextFor('/', all, {
    name: 'anthropic',
    env: { ANTHROPIC_API_KEY: CANARY },
    fetch: wire.fetch,
    redact,
  });
  return { provider: await anthropic.create(context), wire };
}

const SPOKEN: Spoken[] = [
  {
    name: 'openai chat',
    path: '/v1/chat/completions',
    body: chatAnswer,
    events: chatEvents,
    make: (url, settings = {}) => openaiAt(url, { api: 'chat', ...settings }),
  },
  {
    name: 'openai responses',
    path: '/v1/responses',
    body: responsesAnswer,
    events: responsesEvents,
    make: (url, settings = {}) => openaiAt(url, { api: 'responses', ...settings }),
  },
  { name: 'anthropic', path: '/v1/messages', body: messagesAnswer, events: messagesEvents, make: anthropicAt },
];

/** Each language as a whole and as a stream. */
export const LANGUAGES: Language[] = SPOKEN.flatMap((spoken) => [
  { ...spoken, parameters: {}, streamed: false, answer: (content) => ({ json: spoken.body(content) }) },
  {
    ...spoken,
    name: `${spoken.name}, streamed`,
    parameters: { stream: true },
    streamed: true,
    answer: (content) => sse(spoken.events(content)),
  },
]);

/** What the user said last in a request, in any of the languages. */
export function lastSaid({ json }: Seen): string {
  const body = json as { messages?: { content: string }[]; input?: { content: string }[] } | undefined;
  return (body?.messages ?? body?.input ?? []).at(-1)?.content ?? '';
}
