import type { Reply } from './scripted-server.js';

/** A conformant chat completion. @param more members of the answer that replace ours */
export function chatAnswer(content: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-test-2026-01-31',
    choices: [
      { index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', content, refusal: null } },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    ...more,
  };
}

/** A conformant answer of the Responses API. */
export function responsesAnswer(content: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'gpt-test-2026-01-31',
    output: [
      {
        id: 'msg_1',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: content, annotations: [], logprobs: [] }],
      },
    ],
    usage: {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 1 },
      total_tokens: 12,
    },
    ...more,
  };
}

/** A conformant answer of Anthropic's Messages API. */
export function messagesAnswer(content: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test-20260131',
    content: [{ type: 'text', text: content }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 5, cache_read_input_tokens: 3, cache_creation_input_tokens: 1, output_tokens: 3 },
    ...more,
  };
}

/** A reply that is a stream of server-sent events. @param events as data, or with the name that Anthropic's have */
export function sse(events: readonly (object | string)[], more: Partial<Reply> = {}): Reply {
  return { headers: { 'content-type': 'text/event-stream' }, body: sseText(events), ...more };
}

/** Server-sent events as text; an event's `type` is its name, too. */
export function sseText(events: readonly (object | string)[]): string {
  return events
    .map((event) => {
      if (typeof event === 'string') return `data: ${event}\n\n`;
      const name = 'type' in event && typeof event.type === 'string' ? `event: ${event.type}\n` : '';
      return `${name}data: ${JSON.stringify(event)}\n\n`;
    })
    .join('');
}

/** Splits a text into pieces of at most so many characters. */
function pieces(text: string, size: number): string[] {
  return Array.from(text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? []);
}

function chunk(delta: object, finish_reason: string | null = null): object {
  return {
    object: 'chat.completion.chunk',
    model: 'gpt-test-2026-01-31',
    choices: [{ index: 0, delta, finish_reason }],
  };
}

/** The events of a chat stream that says `content`. */
export function chatEvents(content: string, finish: string | null = 'stop'): (object | string)[] {
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(content, 3).map((text) => chunk({ content: text })),
    ...(finish === null ? [] : [chunk({}, finish)]),
    { object: 'chat.completion.chunk', choices: [], usage: { prompt_tokens: 9, completion_tokens: 3 } },
    '[DONE]',
  ];
}

/** The events of a Responses stream that says `content`. */
export function responsesEvents(content: string): object[] {
  return [
    { type: 'response.created', response: responsesAnswer('', { status: 'in_progress', output: [] }) },
    ...pieces(content, 3).map((delta) => ({
      type: 'response.output_text.delta',
      delta,
      output_index: 0,
      content_index: 0,
    })),
    { type: 'response.completed', response: responsesAnswer(content) },
  ];
}

/** The events of a Messages stream that says `content`. */
export function messagesEvents(content: string): object[] {
  return [
    {
      type: 'message_start',
      message: messagesAnswer('', { content: [], stop_reason: null, usage: { input_tokens: 5, output_tokens: 1 } }),
    },
    { type: 'ping' },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...pieces(content, 3).map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } },
    { type: 'message_stop' },
  ];
}
