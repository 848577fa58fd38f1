import type { ProviderContext, ProviderRequest } from '../../src/providers/provider.js';
import { ProviderError } from '../../src/providers/provider.js';
import type { Message } from '../../src/vocabulary.js';

/** A provider's context with nothing in it but what a test gives. */
export function contextWith(
  given: Partial<ProviderContext> & Pick<ProviderContext, 'name' | 'settings'>,
): ProviderContext {
  return {
    env: {},
    fetch: () => Promise.reject(new Error('this test has no network')),
    resolve: (path) => path,
    root: '/',
    now: () => performance.now(),
    ...given,
  };
}

/** A request with one user message, or with the messages given. */
export function requestWith(said: string | Message[], given: Partial<ProviderRequest> = {}): ProviderRequest {
  return {
    model: 'provider:test-model',
    name: 'test-model',
    messages: typeof said === 'string' ? [{ role: 'user', content: said }] : said,
    parameters: {},
    tools: [],
    trial: { prompt: 'a/prompt', case: 'a-case', repeat: 1 },
    ...given,
  };
}

/** The ProviderError that a promise is rejected with; fails for any other outcome. */
export async function providerError(promise: Promise<unknown>): Promise<ProviderError> {
  const outcome = await promise.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof ProviderError) return outcome.error;
  throw new Error(
    `expected a ProviderError, got ${'error' in outcome ? String(outcome.error) : JSON.stringify(outcome.value)}`,
  );
}

/** A signal that nobody aborts. */
export function patient(): { signal: AbortSignal } {
  return { signal: new AbortController().signal };
}
