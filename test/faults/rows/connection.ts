import { expect } from 'vitest';
import type { Row } from '../row.js';
import { DEAD, error, JSON_TYPE, saying } from '../words.js';

/** The way to a server and back is broken. */
export const CONNECTION: readonly Row[] = [
  { id: 'P0', fault: 'none (control)', within: 5, fates: 'passed', attempts: 1, requests: 2 },
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
    flags: ['--timeout', '1500ms'],
    reply: (question) => (question.nth === 0 ? { delayMs: 2500, ...saying(question, 'too late') } : undefined),
    within: 4,
    fates: 'passed',
    more({ role, results, server: { requests } }) {
      // Of the try that was in time; on a busy machine that need not be the second.
      expect(requests.length).toBeGreaterThan(1);
      if (role === 'model') expect(results[0]?.attempts).toBeGreaterThan(1);
    },
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
    id: 'P11d',
    fault: 'connection refused, for many cases',
    cases: 12,
    flags: ['--concurrency', '1'],
    url: DEAD,
    within: 14,
    fates: 'unanswered',
    says: /provider unavailable: 3 questions in a row came to nothing, each in all its tries; at last: .*ECONNREFUSED/,
  },
  {
    id: 'P25b',
    fault: 'the socket is closed between two calls',
    cases: 8,
    flags: ['--concurrency', '2'],
    reply: ({ right }) => ({ json: right(), cut: 'after-body' }),
    within: 6,
    fates: 'passed',
  },
  {
    id: 'P25c',
    fault: 'a second answer that nobody asked for, behind the first',
    cases: 8,
    flags: ['--concurrency', '2'],
    reply: ({ right }) => ({ json: right(), tail: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}' }),
    within: 6,
    fates: 'passed',
  },
  {
    id: 'P31',
    fault: 'answers in any order: forty cases, delays by chance',
    cases: 40,
    flags: ['--concurrency', '16'],
    reply: ({ right }) => ({ delayMs: Math.floor(Math.random() * 120), json: right() }),
    within: 3,
    fates: 'passed',
    attempts: 1,
    requests: 40,
  },
];
