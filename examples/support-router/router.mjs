// Sorts a support ticket into a queue: node router.mjs "I was charged twice"
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { loadPrompt } from 'promptassay/prompts';

const lock = JSON.parse(readFileSync(new URL('prompts.lock.json', import.meta.url), 'utf8'));
/** The version whose scores were accepted: with any other, the application does not start. */
const triage = await loadPrompt('support/triage', { lock, version: '8f584595397e' });

/** Asks the model with the messages that were evaluated. */
export async function route(ticket) {
  const { OPENAI_API_KEY, OPENAI_BASE_URL = 'https://api.openai.com/v1' } = process.env;
  const response = await fetch(`${OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPENAI_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-5-mini',
      messages: triage.render({ ticket }).messages,
      max_completion_tokens: triage.parameters.maxTokens,
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: triage.output } },
    }),
  });
  if (!response.ok) throw new Error(`the model answered with status ${response.status}`);
  const { choices } = await response.json();
  return JSON.parse(choices[0].message.content).queue;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await route(process.argv[2] ?? ''));
