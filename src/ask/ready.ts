import type { ProviderPool } from '../providers/provider.js';
import type { Answer } from '../vocabulary.js';
import type { Ask, Layer } from './ask.js';
import { aborted, unlessAborted } from './clock.js';

/**
 * Has the provider made before an attempt's time begins: loading an SDK takes long on a busy machine, and is no part of an answer.
 * What goes wrong with it is told by the port behind, which asks for it again.
 */
export function ready(pool: Pick<ProviderPool, 'get'>): Layer {
  const known = new Set<string>();
  const making = (model: string, signal: AbortSignal | undefined): Promise<Answer | undefined> => {
    const made = pool.get(model).then(
      () => void known.add(model),
      () => undefined,
    );
    return unlessAborted(made, signal, () => aborted(0));
  };
  return (next) => {
    const first: Ask = async (request, context) =>
      (await making(request.model, context.signal)) ?? next(request, context);
    return (request, context) => (known.has(request.model) ? next(request, context) : first(request, context));
  };
}
