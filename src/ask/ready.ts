import type { ProviderPool } from '../providers/provider.js';
import type { Layer } from './ask.js';
import { aborted, unlessAborted } from './clock.js';

/**
 * Has the provider made before an attempt's time begins: loading an SDK takes long on a busy machine, and is no part of an answer.
 * What goes wrong with it is told by the port behind, which asks for it again.
 */
export function ready(pool: Pick<ProviderPool, 'get'>): Layer {
  const known = new Set<string>();
  return (next) => async (request, context) => {
    const { model } = request;
    if (known.has(model)) return next(request, context);
    const made = pool.get(model).then(
      () => void known.add(model),
      () => undefined,
    );
    return (await unlessAborted(made, context.signal, () => aborted(0))) ?? next(request, context);
  };
}
