import { expect, test } from 'vitest';
import { takeShortcuts } from '../../src/providers/sdk-shortcuts.js';

/** A client that counts how often it puts a request together, and cannot the first times. */
function clientThat(failures: number) {
  const client = {
    built: 0,
    async buildRequest({ path }: { method: string; path: string; body?: unknown }) {
      client.built += 1;
      if (client.built <= failures) throw new Error('no headers');
      return { req: { headers: new Headers({ 'x-a': '1' }) }, url: `http://h${path}`, timeout: 1 };
    },
    fetchWithTimeout: async () => new Response(),
  };
  takeShortcuts(client, async () => new Response());
  return client;
}

const draft = (body: unknown) => ({ method: 'post', path: '/v1/x', body });

test('a request is put together once per path, each with its own body', async () => {
  const client = clientThat(0);
  const made = await Promise.all([1, 2, 3].map((body) => client.buildRequest(draft({ body }))));
  expect(client.built).toBe(1);
  expect(made).toMatchObject([1, 2, 3].map((body) => ({ req: { body: `{"body":${body}}` }, url: 'http://h/v1/x' })));
});

test('what could not be put together is tried anew by whoever comes next', async () => {
  const client = clientThat(1);
  await expect(client.buildRequest(draft({}))).rejects.toThrow('no headers');
  expect(await client.buildRequest(draft({}))).toMatchObject({ url: 'http://h/v1/x' });
});
