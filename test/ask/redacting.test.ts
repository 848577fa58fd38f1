import { expect, it } from 'vitest';
import { redacting } from '../../src/ask/redacting.js';
import { createRedactor } from '../../src/trust/redact.js';
import type { Answer } from '../../src/vocabulary.js';
import { context, request } from './fakes.js';

const KEY = 'sk_live_"CANARY"_1234';
const redacted = (answer: Answer): Promise<Answer> =>
  redacting(createRedactor([KEY]))(async () => answer)(request(), context());

it('takes a key out of every text of an answer', async () => {
  const completion = {
    output: `my key is ${KEY}.`,
    toolCalls: [{ id: KEY, name: `call_${KEY}`, arguments: { [KEY]: [`deep ${KEY}`], amount: 1 } }],
    finishReason: 'other' as const,
    finishDetail: KEY,
    refusal: `no: ${KEY}`,
    answeredBy: KEY,
    usage: { inputTokens: 1 },
  };
  const answer = await redacted({ ok: true, completion, attempts: 2, source: 'call' });
  expect(answer).toEqual({
    ok: true,
    completion: {
      output: 'my key is [redacted].',
      toolCalls: [
        { id: '[redacted]', name: 'call_[redacted]', arguments: { '[redacted]': ['deep [redacted]'], amount: 1 } },
      ],
      finishReason: 'other',
      finishDetail: '[redacted]',
      refusal: 'no: [redacted]',
      answeredBy: '[redacted]',
      usage: { inputTokens: 1 },
    },
    attempts: 2,
    source: 'call',
  });
});

it('takes a key out of a failure, and leaves the rest of it', async () => {
  const failure = { kind: 'server', message: `bad key ${KEY}`, status: 500 } as const;
  const answer = await redacted({ ok: false, failure, attempts: 1, retry: { retry: 'no' } });
  expect(answer).toEqual({
    ok: false,
    failure: { ...failure, message: 'bad key [redacted]' },
    attempts: 1,
    retry: { retry: 'no' },
  });
});

it('hands on the same objects where there is nothing to take out', async () => {
  const completion = { output: 'fine', toolCalls: [{ name: 'a', arguments: {} }], finishReason: 'stop' as const };
  const answer: Answer = { ok: true, completion, attempts: 1, source: 'call' };
  const failed: Answer = {
    ok: false,
    failure: { kind: 'server', message: 'sorry' },
    attempts: 1,
    retry: { retry: 'no' },
  };
  expect(await redacted(answer)).toBe(answer);
  expect(await redacted(failed)).toBe(failed);
});
