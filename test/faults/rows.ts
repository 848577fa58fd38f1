import type { Reply } from '../support/scripted-server.js';
import type { Family, Question, Row } from './cell.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** An error in the words of the family; it echoes the key that it was sent, as some servers do. */
function error({ family, seen }: Question, status: number, type: string, message: string, headers = {}): Reply {
  const key = String(seen.headers.authorization ?? seen.headers['x-api-key'] ?? '').replace('Bearer ', '');
  const told = `${message} (key ${key})`;
  const body =
    family === 'openai'
      ? { error: { message: told, type, code: type, param: null } }
      : { type: 'error', error: { type, message: told, details: { error_code: type } }, request_id: 'req_1' };
  return { status, headers: { 'set-cookie': `session=${key}`, ...headers }, json: body };
}

const limited = (question: Question, headers = {}): Reply =>
  error(question, 429, 'rate_limit_error', 'slow down', headers);

/** In the words of each family: a limit that is used up and whole again in a second. */
function usedUp(family: Family): Record<string, string> {
  return family === 'openai'
    ? { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '900ms' }
    : {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': new Date(Date.now() + 900).toISOString(),
      };
}

const DEAD = 'http://127.0.0.1:9';

/** The text of an answer, replaced by something else. */
function content(
  { family, right }: Question,
  value: unknown,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  if (family === 'anthropic') return right({ content: value, ...more });
  return right({
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: value }, ...more }],
  });
}

/** An answer that ended for this reason. */
function ended({ family, right }: Question, openai: string, anthropic: string): Reply {
  const answer = right();
  if (family === 'anthropic') return { json: { ...answer, stop_reason: anthropic } };
  const [choice] = answer['choices'] as object[];
  return { json: { ...answer, choices: [{ ...choice, finish_reason: openai }] } };
}

/** A right answer as text, changed. */
const changed = ({ right }: Question, change: (text: string) => string | Uint8Array): Reply => ({
  body: change(JSON.stringify(right())),
  headers: JSON_TYPE,
});

const byCase = (replies: Record<string, (question: Question) => Reply | undefined>) => (question: Question) =>
  replies[question.id]?.(question);

/** The rows of the provider's part of the fault matrix, by the numbers under which the faults were collected. */
export const ROWS: readonly Row[] = [
  { id: 'P0', fault: 'none (control)', within: 5, fates: 'passed', attempts: 1, requests: 2 },
  {
    id: 'P1',
    fault: '429 with retry-after 1, then 200',
    cases: 6,
    flags: ['--concurrency', '2'],
    reply: (question) => (question.index === 0 ? limited(question, { 'retry-after': '1' }) : undefined),
    within: 3,
    fates: 'passed',
    requests: 7,
    more({ server: { requests } }) {
      const until = (requests[0]?.answeredMs ?? 0) + 950;
      if (requests.filter(({ arrivedMs }) => arrivedMs < until).length > 2) throw new Error('the lane was not paused');
    },
  },
  {
    id: 'P2',
    fault: '429 without a header, always',
    flags: ['--max-wait', '1s'],
    reply: (question) => limited(question),
    within: 6,
    fates: 'errored',
    says: /rate-limited: .*slow down|no verdict from the judge: .*slow down/,
    requests: 12,
  },
  {
    id: 'P3',
    fault: '429 with retry-after of a day',
    flags: ['--max-wait', '2s'],
    reply: (question) => limited(question, { 'retry-after': '86400' }),
    within: 1,
    fates: 'errored',
    says: /it asked to wait 86400 s, and --max-wait allows 2 s/,
    requests: 2,
  },
  {
    id: 'P3b',
    fault: '429 with retry-after tomorrow',
    flags: ['--max-wait', '2s'],
    reply: (question) => limited(question, { 'retry-after': new Date(Date.now() + 86_400_000).toUTCString() }),
    within: 1,
    fates: 'errored',
    says: /and --max-wait allows 2 s/,
    requests: 2,
  },
  {
    id: 'P5',
    fault: '429 with retry-after-ms, with a reset of the limit',
    reply: (question) => {
      if (question.nth > 0) return undefined;
      return limited(question, question.id === 'c01' ? { 'retry-after-ms': '300' } : usedUp(question.family));
    },
    within: 4,
    fates: 'passed',
    requests: 6,
  },
  ...(
    [
      ['P6a', 429, 'insufficient_quota'],
      ['P6b', 429, 'enforced_spend_limit_reached'],
      ['P6c', 401, 'authentication_error'],
      ['P6d', 403, 'permission_error'],
    ] as const
  ).map(
    ([id, status, type]): Row => ({
      id,
      fault: `${status} ${type}`,
      cases: 8,
      flags: ['--concurrency', '1'],
      reply: (question) => error(question, status, type, 'not with this key'),
      within: 2,
      // One is asked; nobody else is.
      fates: Object.fromEntries(
        Array.from({ length: 8 }, (_, index) => [`c0${index + 1}`, index === 0 ? 'errored' : 'skipped']),
      ),
      says: /provider unavailable: .*not with this key/,
      requests: 1,
    }),
  ),
  {
    id: 'P7',
    fault: '400, 404, 413, 422',
    cases: 4,
    reply: byCase({
      c01: (question) => error(question, 400, 'invalid_request_error', 'no such parameter'),
      c02: (question) => error(question, 404, 'not_found_error', 'no such model'),
      c03: (question) => error(question, 413, 'request_too_large', 'too large'),
      c04: (question) => error(question, 422, 'invalid_request_error', 'not like this'),
    }),
    within: 2,
    fates: 'errored',
    attempts: 1,
    says: /HTTP 413/,
    requests: 4,
  },
  {
    id: 'P8',
    fault: '500, 502, 503, 529 twice, then 200',
    cases: 4,
    reply: (question) => {
      if (question.nth > 1) return undefined;
      const status = { c01: 500, c02: 502, c03: 503, c04: 529 }[question.id] ?? 500;
      return error(question, status, status === 529 ? 'overloaded_error' : 'api_error', 'a bad moment');
    },
    within: 6,
    fates: 'passed',
    attempts: 3,
  },
  {
    id: 'P9',
    fault: 'always 529',
    flags: ['--max-wait', '1s'],
    reply: (question) => error(question, 529, 'overloaded_error', 'overloaded'),
    within: 6,
    fates: 'errored',
    says: /HTTP 529/,
    requests: 12,
  },
  {
    id: 'P10',
    fault: 'x-should-retry: false on 503, true on 400',
    reply: byCase({
      c01: (question) => error(question, 503, 'api_error', 'do not come back', { 'x-should-retry': 'false' }),
      c02: (question) =>
        question.nth > 0
          ? undefined
          : error(question, 400, 'invalid_request_error', 'once more', { 'x-should-retry': 'true' }),
    }),
    within: 3,
    fates: { c01: 'errored' },
    requests: 3,
  },
  {
    id: 'P11a',
    fault: 'connection refused',
    url: DEAD,
    within: 7,
    fates: 'errored',
    attempts: 4,
    says: /ECONNREFUSED/,
  },
  {
    id: 'P11b',
    fault: 'reset before the head, then 200',
    reply: ({ nth }) => (nth === 0 ? { cut: 'before-head' } : undefined),
    within: 3,
    fates: 'passed',
    attempts: 2,
  },
  {
    id: 'P11c',
    fault: 'no such host',
    url: 'http://no-such-host.invalid',
    within: 20,
    fates: 'errored',
    attempts: 4,
    says: /ENOTFOUND|EAI_AGAIN/,
  },
  {
    id: 'P12',
    fault: 'reset after half the body, then 200',
    reply: ({ nth }) => (nth === 0 ? { body: '{"id":"x","choi', headers: JSON_TYPE, cut: 'mid-body' } : undefined),
    within: 3,
    fates: 'passed',
    attempts: 2,
  },
  {
    id: 'P13',
    fault: 'the head never comes',
    flags: ['--timeout', '500ms'],
    reply: () => ({ stall: 'head' }),
    within: 6,
    fates: 'errored',
    attempts: 4,
    says: /no answer within 0.5 s/,
  },
  {
    id: 'P14a',
    fault: 'the body stalls',
    flags: ['--idle-timeout', '400ms'],
    reply: () => ({ body: '{"id":', headers: JSON_TYPE, stall: 'body' }),
    within: 6,
    fates: 'errored',
    attempts: 4,
    says: /the answer fell silent for 0.4 s/,
  },
  {
    id: 'P14b',
    fault: 'the body drips for ever',
    flags: ['--timeout', '600ms'],
    reply: () => ({ body: '{"id":', headers: JSON_TYPE, dripMs: 50 }),
    within: 6,
    fates: 'errored',
    attempts: 4,
    says: /no answer within 0.6 s/,
  },
  {
    id: 'P15',
    fault: 'an answer after the time-out',
    cases: 1,
    flags: ['--timeout', '800ms'],
    reply: ({ nth, right }) => (nth === 0 ? { delayMs: 1500, json: right({ id: 'late' }) } : undefined),
    within: 4,
    fates: 'passed',
    attempts: 2,
    requests: 2,
  },
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
    says: /not valid JSON/,
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
    id: 'P23',
    fault: '307 to itself, to another host',
    reply: ({ id, server, seen }) => ({
      status: 307,
      headers: { location: id === 'c01' ? seen.path : server.url.replace('127.0.0.1', 'localhost') + seen.path },
    }),
    within: 3,
    fates: 'errored',
    attempts: 1,
    says: /redirect/,
    requests: 2,
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
  },
  {
    id: 'P25',
    fault: 'the socket closes after each answer',
    cases: 12,
    flags: ['--concurrency', '2'],
    reply: ({ right }) => ({ json: right(), headers: { connection: 'close' } }),
    within: 4,
    fates: 'passed',
    attempts: 1,
    requests: 12,
  },
  {
    id: 'P27',
    fault: 'a slow start: 429 for the first ten of twenty',
    cases: 20,
    flags: ['--concurrency', '10'],
    reply: (question) =>
      question.index < 10 ? limited(question, { 'retry-after-ms': '200' }) : { delayMs: 20, json: question.right() },
    within: 6,
    fates: 'passed',
    requests: 34,
    more({ server }) {
      if (server.maxInFlight > 10) throw new Error(`${server.maxInFlight} requests were in flight`);
    },
  },
  {
    id: 'P28',
    fault: 'retry-after as a date by a clock that is hours ahead',
    flags: ['--max-wait', '2s'],
    reply: (question) => {
      const skewed = Date.now() + 3 * 3_600_000;
      return limited(question, {
        date: new Date(skewed).toUTCString(),
        'retry-after': new Date(skewed + 1000).toUTCString(),
      });
    },
    within: 1,
    fates: 'errored',
    says: /and --max-wait allows 2 s/,
    requests: 2,
  },
];
