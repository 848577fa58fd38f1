// The loop that one would write by hand: the official SDK on its default fetch, so many calls at a time, the same three assertions.
// Nothing is kept but the sums. Usage: node sdk-loop.mjs <port> <cases> <concurrency> [chat | responses | messages]
import pLimit from 'p-limit';

const [port, cases, concurrency] = process.argv.slice(2).map(Number);
const api = process.argv[5] ?? 'chat';
const SYSTEM = 'Route the ticket.';
const common = { apiKey: 'none', maxRetries: 0 };

const ask = await {
  async chat() {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ ...common, baseURL: `http://127.0.0.1:${port}/v1` });
    return async (content) => {
      const messages = [
        { role: 'system', content: SYSTEM },
        { role: 'user', content },
      ];
      const completion = await client.chat.completions.create({ model: 'model', messages });
      return completion.choices[0]?.message.content ?? '';
    };
  },
  async responses() {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ ...common, baseURL: `http://127.0.0.1:${port}/v1` });
    return async (input) => {
      const response = await client.responses.create({ model: 'model', instructions: SYSTEM, input });
      return response.output_text;
    };
  },
  async messages() {
    const { Anthropic } = await import('@anthropic-ai/sdk');
    const client = new Anthropic({ ...common, baseURL: `http://127.0.0.1:${port}` });
    return async (content) => {
      const messages = [{ role: 'user', content }];
      const message = await client.messages.create({ model: 'model', max_tokens: 1024, system: SYSTEM, messages });
      return message.content[0]?.text ?? '';
    };
  },
}[api]();

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

const limit = pLimit(concurrency);
let passed = 0;
await Promise.all(
  Array.from({ length: cases }, (_, index) =>
    limit(async () => {
      const text = await ask(`Ticket ${index}: I was charged twice.`);
      const scores = [isJson(text), atQueue(text) === 'billing', text.toLowerCase().includes('twice')];
      if (scores.every(Boolean)) passed += 1;
    }),
  ),
);
console.log(`${passed}/${cases} passed`);
process.exitCode = passed === cases ? 0 : 1;
