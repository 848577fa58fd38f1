import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { NAMES } from '../families.js';
import type { Row } from '../row.js';
import { byCase, changed, content, ended, error, isForJudge, JSON_TYPE, saying } from '../words.js';

/** An answer that came, and is none or not the one that was asked for. */
export const ANSWERS: readonly Row[] = [
  {
    id: 'P16',
    fault: 'malformed JSON, truncated JSON, JSON with a byte order mark',
    cases: 3,
    reply: byCase({
      c01: (question) => changed(question, (text) => text.replace('"id":', '"id"')),
      c02: (question) => changed(question, (text) => text.slice(0, 40)),
      c03: (question) => changed(question, (text) => `\uFEFF${text}`),
    }),
    within: 7,
    fates: 'errored',
    says: /not valid JSON: \{"id":/,
  },
  {
    id: 'P17',
    fault: '200 with HTML, text, no type, nothing, null, a list; 204',
    cases: 7,
    reply: byCase({
      c01: () => ({ body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } }),
      c02: () => ({ body: 'come back later', headers: { 'content-type': 'text/plain' } }),
      c03: () => ({ body: 'come back later' }),
      c04: () => ({ body: '', headers: JSON_TYPE }),
      c05: () => ({ body: 'null', headers: JSON_TYPE }),
      c06: () => ({ body: '[]', headers: JSON_TYPE }),
      c07: () => ({ status: 204 }),
    }),
    within: 7,
    fates: 'errored',
    says: /the answer /,
  },
  {
    id: 'P18',
    fault: '200 with an error object',
    flags: ['--mode', 'record'],
    reply: (question) => ({ ...error(question, 200, 'invalid_request_error', 'no such parameter'), status: 200 }),
    within: 3,
    fates: 'errored',
    attempts: 1,
    says: /no such parameter/,
    more({ made }) {
      const stored = made
        .files('fixtures')
        .map((file) => made.read(file))
        .join('');
      if (stored.includes('no such parameter')) throw new Error('the error was recorded');
    },
  },
  {
    id: 'P19',
    fault: 'no choices or content; no message; content null without refusal',
    cases: 3,
    reply: byCase({
      c01: (question) => ({ json: question.right({ choices: [], content: [] }) }),
      c02: (question) => ({ json: question.right({ choices: [{ index: 0, message: null }], content: null }) }),
      c03: (question) => ({ json: content(question, null) }),
    }),
    within: 7,
    fates: 'errored',
    says: /the answer/,
  },
  {
    id: 'P19b',
    fault: 'a refusal in the place of content',
    reply: (question) =>
      question.family === 'anthropic'
        ? ended({ ...question, right: (more) => question.right({ content: [], ...more }) }, '', 'refusal')
        : {
            json: question.right({
              choices: [{ index: 0, finish_reason: 'stop', message: { content: null, refusal: 'I will not' } }],
            }),
          },
    within: 1,
    // It is an answer, which fails; of a judge it is none.
    fates: 'failed',
    attempts: 1,
    says: /refus/,
  },
  {
    id: 'P20',
    fault: 'cut short, filtered, ended for an unknown reason',
    cases: 3,
    reply: byCase({
      c01: (question) => ended(question, 'length', 'max_tokens'),
      c02: (question) => ended(question, 'content_filter', 'refusal'),
      c03: (question) => ended(question, 'wandered_off', 'wandered_off'),
    }),
    within: 3,
    fates: { c01: 'failed', c02: 'failed' },
    attempts: 1,
  },
  {
    id: 'P21',
    fault: 'invalid UTF-8, a lone surrogate',
    reply: (question) =>
      question.id === 'c01'
        ? changed(question, (text) =>
            Buffer.concat([
              Buffer.from(text.split('c01')[0] ?? ''),
              Buffer.from([0xff, 0xc3]),
              Buffer.from(`c01${text.split('c01').slice(1).join('c01')}`),
            ]),
          )
        : changed(question, (text) => text.replace('c02', '\\\\ud800 c02'.replace('\\\\', '\\'))),
    within: 3,
    fates: 'passed',
  },
  {
    id: 'P24',
    fault: 'usage missing, negative, a text',
    cases: 3,
    reply: byCase({
      c01: (question) => ({ json: question.right({ usage: undefined }) }),
      c02: (question) => ({
        json: question.right({
          usage: { prompt_tokens: -5, completion_tokens: -1, input_tokens: -5, output_tokens: -1 },
        }),
      }),
      c03: (question) => ({
        json: question.right({
          usage: { prompt_tokens: '9', completion_tokens: 'many', input_tokens: '9', output_tokens: 'many' },
        }),
      }),
    }),
    within: 3,
    fates: 'passed',
    attempts: 1,
    more({ role, its }) {
      if (role === 'model') expect(its?.cost).toEqual({ usd: 0, known: false });
    },
  },
  {
    id: 'P20b',
    fault: 'ended for want of room, in order to pause, to use a tool that is not there',
    cases: 3,
    reply: byCase({
      c01: (question) => ended(question, 'length', 'model_context_window_exceeded'),
      c02: (question) => ended(question, 'function_call', 'pause_turn'),
      c03: (question) => ended(question, 'tool_calls', 'tool_use'),
    }),
    roles: ['model'],
    within: 3,
    // The last two are scored, and flagged in the row.
    fates: { c01: 'failed' },
    attempts: 1,
    more({ results }) {
      const reasons = results.map(({ finishReason }) => finishReason);
      if (reasons.includes('stop') || reasons.includes(undefined)) throw new Error(`finish reasons: ${reasons.join()}`);
    },
  },
  {
    id: 'P21b',
    fault: 'a character that is cut in two by the wire',
    reply: (question) => {
      const { json } = saying(question, question.id + ' naïve 😀 — ' + question.id);
      const bytes = Buffer.from(JSON.stringify(isForJudge(question) ? question.right() : json));
      const at = bytes.indexOf(Buffer.from('😀')) + 2;
      return {
        headers: JSON_TYPE,
        chunks: [
          { data: bytes.subarray(0, at) },
          { data: bytes.subarray(at, at + 1), afterMs: 30 },
          { data: bytes.subarray(at + 1), afterMs: 30 },
        ],
      };
    },
    within: 3,
    fates: 'passed',
    more({ role, results }) {
      const outputs = results.map(({ output }) => output ?? '');
      if (role === 'model' && !outputs.every((output) => output.includes('naïve 😀 — ')))
        throw new Error(outputs.join());
    },
  },
  {
    id: 'P32',
    fault: 'an answer of 50 MB',
    cases: 1,
    reply: () => ({ headers: JSON_TYPE, bytes: 50_000_000 }),
    within: 4,
    fates: 'errored',
    attempts: 1,
    says: /larger than|too large/,
    requests: 1,
    more({ peakMb }) {
      if (peakMb > 180) throw new Error(`it took ${Math.round(peakMb)} MB`);
    },
  },
  {
    id: 'P33',
    fault: 'said to be compressed: it is not, or only in part',
    reply: (question) => {
      const whole = gzipSync(JSON.stringify(question.right()));
      return {
        headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
        body: question.id === 'c01' ? JSON.stringify(question.right()) : whole.subarray(0, whole.length / 2),
      };
    },
    within: 7,
    fates: 'errored',
  },
  {
    id: 'P34',
    fault: 'a head of 200 kB',
    cases: 1,
    reply: ({ right }) => ({ json: right(), headers: { 'x-long': 'x'.repeat(200_000) } }),
    within: 7,
    fates: 'errored',
  },
  {
    id: 'P36',
    fault: 'an answer that holds the key',
    reply: (question) => {
      const text = `${question.id}: ${NAMES[question.family].key}`;
      return saying(question, isForJudge(question) ? JSON.stringify({ reason: text, score: 1 }) : text);
    },
    within: 3,
    fates: 'passed',
    attempts: 1,
  },
];
