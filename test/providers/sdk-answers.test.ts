import { describe, expect, test } from 'vitest';
import { chatAnswer, messagesAnswer, responsesAnswer } from '../support/replies.js';
import type { Reply } from '../support/scripted-server.js';
import { sdkWorld } from './sdk-world.js';
import { failureOf } from './support.js';

const { openaiWith, anthropicWith, ask } = sdkWorld();

const chat = (choice: object): Reply => ({ json: chatAnswer('', { choices: [choice] }) });

describe('what answers say beside their text', () => {
  test.each<[string, object, object]>([
    ['a cut answer', { finish_reason: 'length', message: { content: 'cu' } }, { output: 'cu', finishReason: 'length' }],
    [
      'an answer cut before its first word',
      { finish_reason: 'length', message: { content: null } },
      { output: '', finishReason: 'length' },
    ],
    [
      'a filtered answer',
      { finish_reason: 'content_filter', message: { content: null } },
      { output: '', finishReason: 'content-filter' },
    ],
    [
      'a refusal',
      { finish_reason: 'stop', message: { content: null, refusal: 'I cannot.' } },
      { output: '', finishReason: 'refusal', refusal: 'I cannot.' },
    ],
    ['an empty text', { finish_reason: 'stop', message: { content: '' } }, { output: '', finishReason: 'stop' }],
    [
      'a reason nobody knows',
      { finish_reason: 'tired', message: { content: 'x' } },
      { finishReason: 'other', finishDetail: 'tired' },
    ],
    ['no reason', { message: { content: 'x' } }, { finishReason: 'other' }],
    [
      'a name of Object.prototype',
      { finish_reason: 'constructor', message: { content: 'x' } },
      { finishReason: 'other', finishDetail: 'constructor' },
    ],
    [
      'text in parts',
      {
        finish_reason: 'stop',
        message: {
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      },
      { output: 'ab' },
    ],
    [
      'arguments that are no JSON',
      {
        finish_reason: 'tool_calls',
        message: { content: null, tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a":' } }] },
      },
      { finishReason: 'tool-calls', toolCalls: [{ id: 'c', name: 'f', arguments: '{"a":' }] },
    ],
  ])('chat: %s', async (_, choice, expected) => {
    expect(await ask(openaiWith(), chat(choice))).toMatchObject(expected);
  });

  test.each<[string, object, object]>([
    [
      'a refusal',
      { output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] },
      { output: '', finishReason: 'refusal', refusal: 'No.' },
    ],
    [
      'a cut answer',
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      { finishReason: 'length' },
    ],
    [
      'a filtered answer',
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [] },
      { output: '', finishReason: 'content-filter' },
    ],
    [
      'another reason',
      { status: 'incomplete', incomplete_details: { reason: 'tired' } },
      { finishReason: 'other', finishDetail: 'tired' },
    ],
    [
      'thoughts before the text',
      {
        output: [
          { type: 'reasoning', summary: [] },
          { type: 'message', content: [{ type: 'output_text', text: 'x' }] },
        ],
      },
      { output: 'x', finishReason: 'stop' },
    ],
    ['usage', {}, { usage: { inputTokens: 9, outputTokens: 3, cachedInputTokens: 4, reasoningTokens: 1 } }],
  ])('responses: %s', async (_, more, expected) => {
    expect(await ask(openaiWith({ api: 'responses' }), { json: responsesAnswer('x', { ...more }) })).toMatchObject(
      expected,
    );
  });

  test.each<[string, object, string]>([
    ['failed', { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'm' } }, 'rate-limited'],
    ['failed by a bad prompt', { status: 'failed', error: { code: 'invalid_prompt', message: 'm' } }, 'bad-request'],
    ['still working', { status: 'in_progress' }, 'bad-response'],
  ])('responses: %s is no answer', async (_, more, kind) => {
    const running = ask(openaiWith({ api: 'responses' }), { json: responsesAnswer('x', { ...more }) });
    expect((await failureOf(running)).failure.kind).toBe(kind);
  });

  test.each<[string, object, object]>([
    [
      'a refusal',
      { content: [], stop_reason: 'refusal', stop_details: { type: 'refusal', explanation: 'Against the rules.' } },
      { output: '', finishReason: 'refusal', refusal: 'Against the rules.' },
    ],
    ['a refusal in words', { stop_reason: 'refusal' }, { output: 'x', finishReason: 'refusal', refusal: 'x' }],
    ['a cut answer', { stop_reason: 'max_tokens' }, { finishReason: 'length' }],
    ['a full window', { stop_reason: 'model_context_window_exceeded' }, { finishReason: 'length' }],
    ['a stop sequence', { stop_reason: 'stop_sequence', content: [] }, { output: '', finishReason: 'stop' }],
    ['a pause', { stop_reason: 'pause_turn' }, { finishReason: 'other', finishDetail: 'pause_turn' }],
    [
      'thoughts before the text',
      {
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'x' },
        ],
      },
      { output: 'x' },
    ],
    [
      'usage with what came from the cache and went into it',
      {},
      { usage: { inputTokens: 9, outputTokens: 3, cachedInputTokens: 3, cacheWriteTokens: 1 } },
    ],
    ['the model that answered', {}, { answeredBy: 'claude-test-20260131' }],
  ])('messages: %s', async (_, more, expected) => {
    expect(await ask(anthropicWith(), { json: messagesAnswer('x', { ...more }) })).toMatchObject(expected);
  });

  test('a call without a name is no answer', async () => {
    const call = { tool_calls: [{ id: 'c', function: { arguments: '{}' } }] };
    const running = ask(openaiWith(), chat({ finish_reason: 'tool_calls', message: { content: null, ...call } }));
    expect((await failureOf(running)).failure.kind).toBe('bad-response');
  });
});
