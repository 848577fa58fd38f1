import { expect, test } from 'vitest';
import type { Call } from '../../src/providers/provider.js';
import { rateWindows } from '../../src/providers/rate-windows.js';
import type { RateWindow } from '../../src/vocabulary.js';
import { messagesAnswer, responsesAnswer } from '../support/replies.js';
import { patient, saying } from './conformance.js';
import { sdkWorld } from './sdk-world.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');

test.each<[string, Record<string, string>, RateWindow[]]>([
  [
    'the one family',
    {
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    [
      { of: 'requests', remaining: 59, resetMs: 1000 },
      { of: 'tokens', remaining: 149_984, resetMs: 360_000 },
    ],
  ],
  [
    'the other family',
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-22T12:00:30Z',
      'anthropic-ratelimit-input-tokens-remaining': '40000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-22T12:01:00Z',
      'anthropic-ratelimit-output-tokens-remaining': '7',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-22T12:00:00.250Z',
    },
    [
      { of: 'requests', remaining: 0, resetMs: 30_000 },
      { of: 'input-tokens', remaining: 40_000, resetMs: 60_000 },
      { of: 'output-tokens', remaining: 7, resetMs: 250 },
    ],
  ],
  [
    'negative numbers, as one gateway sends',
    { 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-reset-requests': '0' },
    [],
  ],
  ['a limit that is whole', { 'x-ratelimit-remaining-requests': '60', 'x-ratelimit-reset-requests': '0s' }, []],
  [
    'a reset that is past',
    { 'anthropic-ratelimit-tokens-remaining': '1', 'anthropic-ratelimit-tokens-reset': '2026-11-22T11:00:00Z' },
    [],
  ],
  ['half of it', { 'x-ratelimit-remaining-requests': '5' }, []],
  ['nonsense', { 'x-ratelimit-remaining-requests': 'many', 'x-ratelimit-reset-requests': 'soon' }, []],
  ['nothing', {}, []],
])('%s', (_what, headers, expected) => {
  expect(rateWindows(new Headers(headers), NOW)).toEqual(expected);
});

const world = sdkWorld();

function listening(): { call: Call; heard: (readonly RateWindow[])[] } {
  const heard: (readonly RateWindow[])[] = [];
  return { heard, call: { ...patient(), heard: (limits) => heard.push(limits) } };
}

const headers = { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '10s' };
const told = [{ of: 'requests', remaining: 3, resetMs: 10_000 }];

test('both SDKs hand them up with an answer, and nothing but numbers', async () => {
  for (const [provider, json] of [
    [world.openaiWith({ api: 'responses' }), responsesAnswer('x')],
    [world.anthropicWith(), messagesAnswer('x')],
  ] as const) {
    const { call, heard } = listening();
    world.server().script([{ json, headers: { ...headers, 'set-cookie': 'secret=1' } }]);
    await (await provider).complete(saying('x'), call);
    expect(heard).toEqual([told]);
  }
});

test('and with a refusal', async () => {
  for (const provider of [world.openaiWith(), world.anthropicWith()]) {
    const { call, heard } = listening();
    world.server().script([{ status: 429, json: { error: { message: 'slow down' } }, headers }]);
    await expect((await provider).complete(saying('x'), call)).rejects.toThrow('slow down');
    expect(heard).toEqual([told]);
  }
});
