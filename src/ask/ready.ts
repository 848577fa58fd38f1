import type { ProviderPool } from '../providers/provider.js';
import type { Layer } from './ask.js';
import { aborted, unlessAborted } from './clock.js';

/**
 * Has the provider made before an attempt's time begins: loading an SDK takes long on a busy machine, and is no part of an answer.
 * What goes wrong with it is told by the port behind, which asks for it again.
 */
export function ready(pool: Pick<ProviderPool, 'get'>): Layer {
  return (next) =>
    async (request, { signal, ...context }) => {
      const made = pool.get(request.model).then(
        () => undefined,
        () => undefined,
      );
      const stopped = await unlessAborted(made, signal, () => aborted(0));
      return stopped ?? next(request, { ...context, ...(signal && { signal }) });
    };
}
