// The loop that one would write by hand: the official SDK on its default fetch, so many calls at a time, the same three assertions.
// Nothing is kept but the sums. Usage: node sdk-loop.mjs <port> <cases> <concurrency>
import OpenAI from 'openai';
import pLimit from 'p-limit';

const [port, cases, concurrency] = process.argv.slice(2).map(Number);
const client = new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 });
const limit = pLimit(concurrency);

async function runCase(index) {
  const completion = await client.chat.completions.create({
    model: 'model',
    messages: [
      { role: 'system', content: 'Route the ticket.' },
      { role: 'user', content: `Ticket ${index}: I was charged twice.` },
    ],
  });
  const text = completion.choices[0]?.message.content ?? '';
  const scores = [isJson(text), atQueue(text) === 'billing', text.toLowerCase().includes('twice')];
  return scores.every(Boolean);
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function atQueue(text) {
  try {
    return JSON.parse(text).queue;
  } catch {
    return undefined;
  }
}

let passed = 0;
await Promise.all(
  Array.from({ length: cases }, (_, index) =>
    limit(async () => {
      if (await runCase(index)) passed += 1;
    }),
  ),
);
console.log(`${passed}/${cases} passed`);
process.exitCode = passed === cases ? 0 : 1;
