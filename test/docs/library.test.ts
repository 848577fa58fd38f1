import { expect, test, vi } from 'vitest';
import { linkPackage } from '../prompts/package.js';
import { project } from '../support/project.js';
import { chatAnswer, responsesAnswer } from '../support/replies.js';
import { gitIn } from '../support/repository.js';
import { type Seen, startServer } from '../support/scripted-server.js';
import { type Step, walk } from './walk.js';

vi.setConfig({ testTimeout: 180_000 });

const PAGE = 'docs/library.md';

/** The model of the page: it sorts tickets as anybody would, until it is told to talk, and thanks politely as long as it is told to. */
function answer({ json }: Seen): string {
  const text = JSON.stringify(json);
  if (!text.includes('You route') || text.includes('as you would talk'))
    return 'Thank you for writing. We look into it today.';
  const queue = text.includes('charged') ? 'billing' : text.includes('crashes') ? 'bug' : 'other';
  return JSON.stringify({ queue });
}

test('the week can be lived through: each command does what the page says, and prints it', async () => {
  const server = await startServer((seen) => ({
    json: seen.path.includes('chat') ? chatAnswer(answer(seen)) : responsesAnswer(answer(seen)),
  }));
  const made = project({ '.gitignore': 'node_modules/\nreports/\n', 'package.json': '{ "type": "module" }' });
  gitIn(made.root, 'init', '-q', '-b', 'main');
  linkPackage(made.root);
  const steps = await walk(PAGE, made, {
    project: 'week',
    env: { OPENAI_API_KEY: 'sk-week-12345', OPENAI_BASE_URL: `${server.url}/v1` },
    world: { date: () => new Date('2026-11-23T12:00:00Z') },
  });
  await server.close();
  expect(steps.map(shown)).toEqual(steps.map(told));
});

/** Hashes of commits are others in each repository, and their dates those of the day. */
const masked = (line: string): string =>
  line.replaceAll(/\b[0-9a-f]{7}\b/g, '<commit>').replaceAll(/\b\d{4}-\d\d-\d\d\b/g, '<date>');

function told({ command, expected }: Step): string {
  return [`$ ${command}`, ...expected.map(masked)].join('\n');
}

/** What was printed; where the page has a line `…`, whatever stands there. */
function shown({ command, expected, printed }: Step): string {
  const lines = printed.map(masked);
  const parts = expected.join('\n').split(/(?:^|\n)…(?:\n|$)/);
  if (parts.length === 1) return [`$ ${command}`, ...lines].join('\n');
  const text = lines.join('\n');
  const [first = '', ...rest] = parts.map(masked);
  const fits = text.startsWith(first) && rest.every((part) => text.includes(part));
  return fits ? told({ command, expected, printed, line: 0, code: 0 }) : [`$ ${command}`, ...lines].join('\n');
}
