// A loopback server, in a process of its own, that lets RATE chat requests per second in (a token bucket of BURST) and answers the
// others with 429. SAYS: what it tells of that, some of retry-after, retry-after-ms, headers. Prints its port; GET tells what it saw.
import { createServer } from 'node:http';

const rate = Number(process.env.RATE ?? 50);
const burst = Number(process.env.BURST ?? rate);
const latencyMs = Number(process.env.LATENCY_MS ?? 100);
const says = new Set((process.env.SAYS ?? 'retry-after').split(','));

let level = burst;
let filledAt = performance.now();
let firstAt;
let lastAt = 0;
let inFlight = 0;
const seen = { requests: 0, refused: 0, mostInFlight: 0, kinds: {} };

const answer = (content) =>
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 0,
    model: 'bench-model',
    choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', refusal: null, content } }],
    usage: { prompt_tokens: 60, completion_tokens: 20, total_tokens: 80 },
  });

/** Takes from the bucket. @returns whether there was something in it */
function admit(now) {
  level = Math.min(burst, level + ((now - filledAt) * rate) / 1000);
  filledAt = now;
  if (level < 1) return false;
  level -= 1;
  return true;
}

function headers() {
  const missing = Math.max(0, 1 - level);
  const whole = ((burst - level) / rate) * 1000;
  return {
    'content-type': 'application/json',
    ...(missing > 0 && says.has('retry-after') && { 'retry-after': String(Math.ceil(missing / rate)) }),
    ...(missing > 0 && says.has('retry-after-ms') && { 'retry-after-ms': String(Math.ceil((missing / rate) * 1000)) }),
    ...(says.has('headers') && {
      'x-ratelimit-limit-requests': String(burst),
      'x-ratelimit-remaining-requests': String(Math.floor(level)),
      'x-ratelimit-reset-requests': `${Math.ceil(whole)}ms`,
    }),
  };
}

function note(kind, now) {
  const known = (seen.kinds[kind] ??= { answered: 0, firstAt: now, lastAt: now, longestGapMs: 0 });
  known.answered += 1;
  known.longestGapMs = Math.max(known.longestGapMs, now - known.lastAt);
  known.lastAt = now;
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify({ ...seen, seconds: (lastAt - (firstAt ?? lastAt)) / 1000 }));
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const now = performance.now();
    firstAt ??= now;
    const { model } = JSON.parse(Buffer.concat(chunks).toString());
    seen.requests += 1;
    inFlight += 1;
    seen.mostInFlight = Math.max(seen.mostInFlight, inFlight);
    const admitted = admit(now);
    const head = headers();
    if (!admitted) {
      seen.refused += 1;
      inFlight -= 1;
      response.writeHead(429, head);
      response.end(JSON.stringify({ error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } }));
      return;
    }
    note(model, now);
    setTimeout(() => {
      inFlight -= 1;
      lastAt = performance.now();
      response.writeHead(200, head);
      response.end(answer(model.startsWith('judge') ? '{"reason":"fine","score":1}' : '{"queue":"billing"}'));
    }, latencyMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
