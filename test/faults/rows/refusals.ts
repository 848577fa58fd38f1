import { expect } from 'vitest';
import type { Row } from '../row.js';
import { byCase, error } from '../words.js';

/** Of eight cases: the first is refused, and the others are not asked. */
const FIRST_ASKED: Row['fates'] = Object.fromEntries(
  Array.from({ length: 8 }, (_, index) => [`c0${index + 1}`, index === 0 ? 'errored' : 'skipped']),
);

/** A server that refuses the key or the question. */
export const REFUSALS: readonly Row[] = [
  ...(
    [
      ['P6a', 429, 'insufficient_quota'],
      ['P6c', 401, 'authentication_error'],
      ['P6e', 402, 'billing_error'],
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
      fates: FIRST_ASKED,
      says: /provider unavailable: .*not with this key/,
      requests: 1,
      recovers: true,
    }),
  ),
  ...(
    [
      ['P6d', 'permission_error', 'auth'],
      ['P6f', 'model_not_found', 'not-found'],
    ] as const
  ).map(
    ([id, type, kind]): Row => ({
      id,
      fault: `403 ${type} for one model of two`,
      cases: 8,
      others: true,
      flags: ['--concurrency', '1'],
      reply: (question) => error(question, 403, type, 'no access to this model'),
      within: 2,
      fates: FIRST_ASKED,
      says: /model unavailable: .*no access to this model/,
      // One is asked; the other model goes on.
      requests: 9,
      more({ role, results }) {
        if (role === 'model') expect(results[0]?.failure).toMatchObject({ kind, status: 403 });
      },
    }),
  ),
  {
    id: 'P6b',
    fault: '429 enforced_spend_limit_reached, four at a time',
    cases: 20,
    flags: ['--concurrency', '4'],
    reply: (question) => error(question, 429, 'enforced_spend_limit_reached', 'not with this key'),
    within: 2,
    fates: 'unanswered',
    says: /provider unavailable: .*not with this key/,
    requests: 4,
  },
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
    id: 'P30',
    fault: 'other statuses: 204, 304, 418, 451',
    cases: 4,
    reply: byCase({
      c01: () => ({ status: 204 }),
      c02: () => ({ status: 304 }),
      c03: () => ({ status: 418, body: 'short and stout' }),
      c04: (question) => error(question, 451, 'legal', 'not in this country'),
    }),
    within: 7,
    fates: 'errored',
    says: /HTTP 418/,
  },
];
