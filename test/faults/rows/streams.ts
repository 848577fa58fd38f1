import { chatEvents, messagesEvents, sse, sseText } from '../../support/replies.js';
import type { Reply } from '../../support/scripted-server.js';
import type { Question, Row } from '../row.js';
import { errorBody } from '../words.js';

const TYPE = { 'content-type': 'text/event-stream' };

function events({ family, id }: Question): (object | string)[] {
  return family === 'openai' ? chatEvents(`you said ${id}`) : messagesEvents(`you said ${id}`);
}

/** The first half of a stream, then what is given. */
function half(question: Question, more: Partial<Reply>): Reply {
  const all = events(question);
  return { headers: TYPE, body: sseText(all.slice(0, all.length / 2)), ...more };
}

/** Answers that come as streams. */
export const STREAMS: readonly Row[] = [
  {
    id: 'P35',
    fault: 'a stream (control)',
    roles: ['model'],
    stream: true,
    reply: (question) => sse(events(question)),
    within: 3,
    fates: 'passed',
    attempts: 1,
  },
  {
    id: 'P35b',
    fault: 'a stream that ends too soon, is cut, brings an error, brings no JSON',
    roles: ['model'],
    stream: true,
    cases: 4,
    reply: (question) => {
      const { family, id } = question;
      if (id === 'c01') return half(question, {});
      if (id === 'c02') return half(question, { cut: 'mid-body' });
      if (id === 'c04') return half(question, { chunks: [{ data: 'data: {"choices":\n\n' }] });
      const error = JSON.stringify(errorBody(family, 'overloaded_error', 'too much'));
      return half(question, { chunks: [{ data: `event: error\ndata: ${error}\n\n` }] });
    },
    flags: ['--max-wait', '1s'],
    within: 8,
    fates: 'errored',
  },
  {
    id: 'P35c',
    fault: 'a stream that falls silent, then one that answers',
    roles: ['model'],
    stream: true,
    flags: ['--idle-timeout', '400ms'],
    reply: (question) => (question.nth === 0 ? half(question, { stall: 'body' }) : sse(events(question))),
    within: 3,
    fates: 'passed',
    attempts: 2,
  },
];
