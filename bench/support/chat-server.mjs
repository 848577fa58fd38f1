// A loopback server, in a process of its own, that answers every request of the OpenAI and Anthropic APIs with JSON after
// LATENCY_MS, and tells on GET what it saw. Prints its port.
import { createServer } from 'node:http';

const latencyMs = Number(process.env.LATENCY_MS ?? 0);
const TEXT = '{"queue":"billing","note":"the customer was charged twice"}';

const answers = {
  '/v1/chat/completions': {
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 0,
    model: 'bench-model',
    choices: [
      { index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', refusal: null, content: TEXT } },
    ],
    usage: { prompt_tokens: 60, completion_tokens: 20, total_tokens: 80 },
  },
  '/v1/responses': {
    id: 'resp_bench',
    object: 'response',
    created_at: 0,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'bench-model',
    output: [
      {
        id: 'msg_bench',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: TEXT, annotations: [] }],
      },
    ],
    usage: { input_tokens: 60, output_tokens: 20, total_tokens: 80 },
  },
  '/v1/messages': {
    id: 'msg_bench',
    type: 'message',
    role: 'assistant',
    model: 'bench-model',
    content: [{ type: 'text', text: TEXT }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 60, output_tokens: 20 },
  },
};
const bodies = new Map(Object.entries(answers).map(([path, answer]) => [path, JSON.stringify(answer)]));

let requests = 0;
let sockets = 0;
let mostSockets = 0;
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify({ requests, mostSockets }));
    return;
  }
  requests += 1;
  const body = bodies.get(request.url) ?? '';
  request.resume();
  request.on('end', () => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    }, latencyMs);
  });
});
server.on('connection', (socket) => {
  sockets += 1;
  mostSockets = Math.max(mostSockets, sockets);
  socket.on('close', () => {
    sockets -= 1;
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
