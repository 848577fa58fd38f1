import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Seen } from '../../support/scripted-server.js';
import type { Row } from '../row.js';
import { error, limited, usedUp } from '../words.js';

/** Whether a request was being answered at a time. */
function isUnderWay({ arrivedMs, answeredMs = Number.POSITIVE_INFINITY }: Seen, at: number): boolean {
  return arrivedMs <= at && at < answeredMs;
}

/** A server that limits how often it is asked, or is overloaded. */
export const LIMITS: readonly Row[] = [
  {
    id: 'P1',
    fault: '429 with retry-after 2, then 200',
    cases: 6,
    flags: ['--concurrency', '2'],
    reply: (question) => (question.index === 0 ? limited(question, { 'retry-after': '2' }) : undefined),
    within: 3,
    fates: 'passed',
    requests: 7,
    more({ role, results, server: { requests } }) {
      if (role === 'model') expect(results.map(({ attempts }) => attempts).toSorted()).toEqual([1, 1, 1, 1, 1, 2]);
      const until = (requests[0]?.answeredMs ?? 0) + 1950;
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
      return limited(question, question.id === 'c01' ? { 'retry-after-ms': '300' } : usedUp(question.family, 0.9));
    },
    within: 4,
    fates: 'passed',
    requests: 6,
  },
  {
    id: 'P5b',
    fault: '429 with a reset of the limit in a minute and a half',
    flags: ['--max-wait', '2s'],
    reply: (question) => limited(question, usedUp(question.family, 90)),
    within: 1,
    fates: 'errored',
    says: /and --max-wait allows 2 s/,
    requests: 2,
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
    id: 'P27',
    fault: 'a slow start: 429 for the first ten of fifty, ten at a time',
    together: true,
    cases: 50,
    flags: ['--concurrency', '10'],
    async reply(question) {
      if (question.index < 10) return limited(question, { 'retry-after-ms': '200' });
      // Answers come when more are under way than half as many, or late.
      const end = performance.now() + 500;
      while (question.server.inFlight <= 5 && performance.now() < end) await sleep(5);
      return { delayMs: 20, json: question.right() };
    },
    within: 6,
    fates: 'passed',
    requests: 60,
    more({ server: { requests } }) {
      // Half as many after the refusals, then one more with each answer.
      const inFlight = requests.map(({ arrivedMs: at }) => requests.filter((each) => isUnderWay(each, at)).length);
      expect(Math.max(...inFlight)).toBeLessThanOrEqual(10);
      const answered = Math.min(...requests.slice(10).map(({ answeredMs = 0 }) => answeredMs));
      const later = requests.findIndex(({ arrivedMs }) => arrivedMs > answered);
      expect(Math.max(...inFlight.slice(10, later))).toBeLessThanOrEqual(5);
      expect(Math.max(...inFlight.slice(later))).toBeGreaterThan(5);
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
  {
    id: 'P29',
    fault: '429 with a retry-after that says nothing: negative, a word, zero',
    cases: 3,
    flags: ['--max-wait', '1s'],
    reply: (question) => {
      const after = { c01: '-5', c02: 'soon', c03: '0' }[question.id] ?? '';
      return question.nth < 2 ? limited(question, { 'retry-after': after }) : undefined;
    },
    within: 6,
    fates: 'passed',
    requests: 9,
    more({ server: { requests } }) {
      // One refusal for all that were under way, then a pause: nobody hammers.
      const [first] = requests;
      const soon = requests.filter(({ arrivedMs }) => arrivedMs < (first?.answeredMs ?? 0) + 200);
      if (soon.length > 4) throw new Error(`${soon.length} requests within 200 ms of a refusal`);
    },
  },
];
