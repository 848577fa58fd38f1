import { delimiter, dirname } from 'node:path';
import { ProviderError, type ProviderContext, type ProviderRequest } from '../../src/providers/provider.js';
import { insideRoot } from '../../src/trust/paths.js';
import type { Failure, ProviderSettings, Retry } from '../../src/vocabulary.js';

/** A provider's context over a folder. */
export function contextFor(
  root: string,
  settings: ProviderSettings,
  more: Partial<Pick<ProviderContext, 'env' | 'fetch' | 'name' | 'redact'>> = {},
): ProviderContext {
  return {
    name: 'under-test',
    settings,
    env: { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` },
    fetch: () => Promise.reject(new Error('no network in this test')),
    resolve: (path) => insideRoot(root, path),
    root,
    now: () => performance.now(),
    redact: (text) => text,
    ...more,
  };
}

/** A request with what matters to a test; the rest is filled in. */
export function requestFor(
  part: Omit<Partial<ProviderRequest>, 'trial'> & { trial?: Partial<ProviderRequest['trial']> } = {},
): ProviderRequest {
  const name = part.name ?? 'any';
  return {
    model: `under-test:${name}`,
    messages: [{ role: 'user', content: 'hello' }],
    parameters: {},
    tools: [],
    ...part,
    name,
    trial: { prompt: 'support/triage', case: 'one', repeat: 1, ...part.trial },
  };
}

/** How a call failed. @throws when it did not, or with something else than a ProviderError */
export async function failureOf(call: Promise<unknown>): Promise<{ failure: Failure; retry: Retry }> {
  const error = await call.then(
    () => new Error('the call did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return { failure: error.failure, retry: error.retry };
  throw error;
}
