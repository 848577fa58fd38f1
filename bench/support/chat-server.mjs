// A loopback server, in a process of its own, that answers every chat completion with JSON after LATENCY_MS. Prints its port.
import { createServer } from 'node:http';

const latencyMs = Number(process.env.LATENCY_MS ?? 0);
const body = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 0,
  model: 'bench-model',
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      logprobs: null,
      message: { role: 'assistant', refusal: null, content: '{"queue":"billing","note":"the customer was charged twice"}' },
    },
  ],
  usage: { prompt_tokens: 60, completion_tokens: 20, total_tokens: 80 },
});

let requests = 0;
let inFlight = 0;
let mostInFlight = 0;
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify({ requests, mostInFlight }));
    return;
  }
  requests += 1;
  inFlight += 1;
  mostInFlight = Math.max(mostInFlight, inFlight);
  request.resume();
  request.on('end', () => {
    setTimeout(() => {
      inFlight -= 1;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    }, latencyMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
