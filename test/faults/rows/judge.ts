import type { Row } from '../row.js';
import { byCase, DEAD, ended, saying } from '../words.js';

/** What only a judge can do wrong. */
export const JUDGES: readonly Row[] = [
  {
    id: 'P26',
    fault: 'the judge is down, the model is not',
    roles: ['judge'],
    cases: 12,
    flags: ['--concurrency', '1'],
    url: DEAD,
    within: 14,
    fates: 'failed',
    says: /no verdict from the judge: [^]*cannot grade the answer: provider unavailable/,
  },
  {
    id: 'R12',
    fault: 'the judge answers with prose, half a verdict, two, a score beyond 1, none, NaN',
    roles: ['judge'],
    cases: 7,
    reply: byCase({
      c01: (question) => saying(question, 'I find it quite polite.'),
      c02: (question) => saying(question, '{"score":'),
      c03: (question) => saying(question, '{"reason":"a","score":1}\n{"reason":"b","score":0}'),
      c04: (question) => saying(question, '{"reason":"great","score":11}'),
      c05: (question) => saying(question, '{"reason":"none","score":null}'),
      c06: (question) => saying(question, '{"reason":"odd","score":"NaN"}'),
      c07: (question) => ended(question, 'length', 'max_tokens'),
    }),
    within: 3,
    fates: 'failed',
    requests: 7,
  },
  {
    id: 'P20c',
    fault: 'a verdict that ends in order to use a tool that is not there',
    roles: ['judge'],
    reply: byCase({
      c01: (question) => ended(question, 'function_call', 'tool_use'),
      c02: (question) => ended(question, 'tool_calls', 'tool_use'),
    }),
    within: 1,
    fates: 'failed',
    says: /the judge's reply ended by/,
    requests: 2,
  },
];
