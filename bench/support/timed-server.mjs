// A loopback server, in a process of its own, that answers each chat completion after LATENCY_MS give or take a quarter, whole or as
// a stream, and says in the answer how long it really took: from the request's last byte to the answer's, and to the first word.
import { createServer } from 'node:http';

const latencyMs = Number(process.env.LATENCY_MS ?? 200);
const DONE = { index: 0, finish_reason: 'stop' };

const chunk = (delta, more = {}) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', model: 'bench-model', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (data) => chunks.push(data));
  request.on('end', () => {
    const began = performance.now();
    const wait = latencyMs * (0.75 + 0.5 * Math.random());
    const took = () => Number((performance.now() - began).toFixed(2));
    if (JSON.parse(Buffer.concat(chunks).toString()).stream === true) stream(response, wait, took);
    else setTimeout(() => whole(response, took), wait);
  });
});

function whole(response, took) {
  const content = JSON.stringify({ ms: took() });
  const choices = [{ ...DONE, message: { role: 'assistant', refusal: null, content } }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 0, model: 'bench-model', choices }));
}

/** The first word after half the time. */
function stream(response, wait, took) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content: '' }));
  setTimeout(() => {
    response.write(chunk({ content: `{"first":${took()},` }));
    setTimeout(() => {
      response.write(chunk({ content: `"ms":${took()}}` }));
      response.end(`${chunk({}, { finish_reason: 'stop' })}data: [DONE]\n\n`);
    }, wait / 2);
  }, wait / 2);
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
