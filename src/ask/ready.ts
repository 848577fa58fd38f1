import type { ProviderPool } from '../providers/provider.js';
import type { Ask, Layer } from './ask.js';
import { aborted, unlessAborted } from './clock.js';

/**
 * Has the provider made before an attempt's time begins: loading an SDK takes long on a busy machine, and is no part of an answer.
 * What goes wrong with it is told by the port behind, which asks for it again.
 */
export function ready(pool: Pick<ProviderPool, 'get'>): Layer {
  /** Models whose provider is made and that nobody waits for: who comes later does not overtake who waited. */
  const known = new Set<string>();
  const waiting = new Map<string, number>();
  return (next) => {
    const first: Ask = async (request, context) => {
      const { model } = request;
      waiting.set(model, (waiting.get(model) ?? 0) + 1);
      const making = pool.get(model).then(
        (): Made => 'made',
        (): Made => 'failed',
      );
      const made = await unlessAborted(making, context.signal, (): Made => 'aborted');
      const left = (waiting.get(model) ?? 1) - 1;
      waiting.set(model, left);
      if (made === 'made' && left === 0) known.add(model);
      return made === 'aborted' ? aborted(0) : next(request, context);
    };
    return (request, context) => (known.has(request.model) ? next(request, context) : first(request, context));
  };
}

/** What became of making a provider. */
type Made = 'made' | 'failed' | 'aborted';
