import type { Defence } from '../weakened.js';

/** The defences against faulty providers. */
export const PROVIDER_DEFENCES: readonly Defence[] = [
  {
    what: 'nobody waits longer than --max-wait',
    edits: [
      ['ask/limits.js', 'if (asked !== undefined && asked > maxWaitMs)', 'if (false)'],
      ['ask/lane.js', 'if (pause <= this.#options.maxWaitMs)', 'if (true)'],
    ],
    row: 'P3',
    endless: true,
  },
  {
    what: 'a pause that a server asks for holds for all',
    edits: [['ask/lane.js', 'if (stated !== undefined)', 'if (false)']],
    row: 'P1',
  },
  {
    what: 'refusals narrow the window',
    edits: [
      ['ask/lane.js', 'this.#window.shrink(', 'void ('],
      ['ask/lane.js', 'this.#window.probe();', '{}'],
    ],
    row: 'P27',
  },
  {
    what: 'so many calls at a time, by lane and over all',
    edits: [
      ['ask/lane.js', 'if (this.#underWay >= this.#window.size)', 'if (false)'],
      ['ask/limits.js', 'await withPlace(() => send(turn.place))', 'await send(turn.place)'],
    ],
    row: 'P27',
  },
  {
    what: 'a date is understood',
    edits: [
      [
        'providers/retry-after.js',
        'return seconds === undefined ? untilDate(stated, nowMs) : seconds * 1000;',
        'return seconds === undefined ? undefined : seconds * 1000;',
      ],
    ],
    row: 'P3b',
  },
  {
    what: 'the circuit opens on quota and keys',
    edits: [['ask/circuit.js', "new Set(['auth', 'quota'])", 'new Set()']],
    row: 'P6a',
  },
  {
    what: 'no answer is bought that nobody can grade',
    edits: [['ask/circuit.js', '?? ungradable(context.graders?.() ?? [])', '']],
    row: 'P26',
    role: 'judge',
  },
  {
    what: 'an answer that no judge could be reached for is graded when the run is resumed',
    edits: [['score/scorer.js', 'result.ungraded = true;', '{}']],
    row: 'P6c',
    role: 'judge',
  },
  {
    what: 'a refused key is told from a bad request',
    edits: [['providers/wire-errors.js', 'if (status === 401 || status === 403 || says(AUTH))', 'if (false)']],
    row: 'P6d',
  },
  {
    what: 'a model that is denied stops no other',
    edits: [['ask/circuit.js', 'failure.status === 403', 'false']],
    row: 'P6d',
  },
  {
    what: 'a model that is denied stops no other judge',
    edits: [['ask/circuit.js', 'failure.status === 403', 'false']],
    row: 'P6d',
    role: 'judge',
  },
  {
    what: 'a model that is denied is told from a refused key',
    edits: [['providers/wire-errors.js', 'if (status === 403 && says(NOT_FOUND))', 'if (false)']],
    row: 'P6f',
  },
  {
    what: 'the circuit opens for a provider that is down',
    edits: [['ask/circuit.js', 'const MOST_LOST = 3;', 'const MOST_LOST = Infinity;']],
    row: 'P11d',
    endless: true,
  },
  {
    what: 'trouble that may pass is tried again',
    edits: [['ask/retry.js', 'retries = 3', 'retries = 0']],
    row: 'P12',
  },
  {
    what: 'a bad request is not tried again',
    edits: [
      [
        'providers/wire-errors.js',
        "if (wish !== 'true' && (kind === 'bad-request' || kind === 'not-found'))",
        'if (false)',
      ],
    ],
    row: 'P7',
  },
  {
    what: 'x-should-retry is heeded',
    edits: [['providers/wire-errors.js', "if (wish === 'false')", 'if (false)']],
    row: 'P10',
  },
  {
    what: 'each attempt has its time, raced',
    edits: [['ask/deadline.js', 'end: () => abandon(late, ABANDONED)', 'end: () => {}']],
    row: 'P13',
    endless: true,
  },
  {
    what: 'each attempt has its time, a dripping body too',
    edits: [['ask/deadline.js', 'end: () => abandon(late, ABANDONED)', 'end: () => {}']],
    row: 'P14b',
    endless: true,
    role: 'judge',
  },
  {
    what: 'a late answer is dropped',
    edits: [['ask/deadline.js', 'end: () => abandon(late, ABANDONED)', 'end: () => {}']],
    row: 'P15',
    endless: true,
  },
  {
    what: 'an answer that falls silent is ended',
    edits: [['providers/wire-silence.js', 'setTimeout(() => this.#look(), ms).unref()', 'undefined']],
    row: 'P14a',
    endless: true,
  },
  {
    what: 'a stream that falls silent is ended',
    edits: [['providers/wire-silence.js', 'setTimeout(() => this.#look(), ms).unref()', 'undefined']],
    row: 'P35c',
    endless: true,
  },
  {
    what: 'a byte order mark is no JSON',
    edits: [['providers/sdk-call.js', 'return JSON.parse(text);', "return JSON.parse(text.replace('\\uFEFF', ''));"]],
    row: 'P16',
  },
  {
    what: 'an answer is looked at before it is read',
    edits: [
      [
        'providers/sdk-call.js',
        'if (!isRecord(value))',
        "if (value === null || typeof value !== 'object') return { output: String(value), finishReason: 'stop' };\n    if (false)",
      ],
    ],
    row: 'P17',
  },
  {
    what: 'an error object is no answer',
    edits: [['providers/sdk-call.js', 'if (error)\n        throw error;', '']],
    row: 'P18',
  },
  {
    what: 'an answer without content is none',
    edits: [['providers/openai-chat.js', "throw badAnswer('the answer has no content');", '{}']],
    row: 'P19',
  },
  {
    what: 'an answer that was cut or filtered fails',
    edits: [['score/finish.js', 'if (reason === undefined || assertions.some(saysHowItEnds))', 'if (true)']],
    row: 'P20',
  },
  {
    what: 'redirects are refused',
    edits: [['providers/wire-exchange.js', 'if (status >= 300 && status < 400)', 'if (false)']],
    row: 'P23',
  },
  {
    what: 'usage that is no number is none',
    edits: [
      ['providers/answers.js', 'export function count(', 'export const count = (value) => value;\nfunction counted('],
    ],
    row: 'P24',
  },
  {
    what: 'an answer may be so large only',
    edits: [['providers/wire-exchange.js', 'if (this.#received > limit)', 'if (false)']],
    row: 'P32',
    endless: true,
  },
  {
    what: 'a stream has to come to its end',
    edits: [
      [
        'providers/sdk-call.js',
        "if (value === undefined)\n        throw badAnswer('the stream ended before the answer did');",
        "if (value === undefined)\n        return { value: { choices: [{ message: { content: 'half' } }], content: [{ type: 'text', text: 'half' }] }, times };",
      ],
    ],
    row: 'P35b',
  },
  {
    what: 'a judge without an answer leaves no score',
    edits: [
      [
        'assertions/judge.js',
        "return { status: 'unscored', reason: `no verdict from the judge: ${answer.failure.message}` };",
        "return { status: 'scored', value: 0, pass: false, reason: 'no' };",
      ],
    ],
    row: 'P6c',
    role: 'judge',
  },
  {
    what: 'a score beyond 1 is none: for the judge, for what is graded, for any assertion',
    edits: [
      ['assertions/judge-verdict.js', '!(score >= 0 && score <= 1)', 'false'],
      ['assertions/assertion.js', 'if (!(value >= 0 && value <= 1))', 'if (false)'],
      ['score/outcome.js', '!(value >= 0 && value <= 1)', 'false'],
    ],
    row: 'R12',
    role: 'judge',
  },
  {
    what: 'a key is redacted wherever it stands',
    edits: [['trust/redact.js', 'if (forms.size === 0)', 'if (true)']],
    row: 'P36',
  },
];
