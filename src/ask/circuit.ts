import type { ModelDescription } from '../providers/provider.js';
import type { Answer, Failure } from '../vocabulary.js';
import type { Layer } from './ask.js';

/**
 * Stops asking a provider that refuses our key or has no quota left: no further try can succeed, and each may cost. Later
 * questions to it are not asked (`unavailable`), with the first one's reason. One circuit may stand in several places around a
 * port, sharing what it knows: outside the queue, so that nothing new waits, and inside it, so that nothing that waited is sent.
 */
export function circuit({ describe }: { describe(model: string): Pick<ModelDescription, 'provider'> }): Layer {
  const open = new Map<string, Failure>();
  return (next) => async (request, context) => {
    const { provider } = describe(request.model);
    const known = open.get(provider);
    if (known) return unavailable(known);
    const answer = await next(request, context);
    // The first to hear it keeps its words; the same circuit further out sees its own answer come by.
    if (!answer.ok && ends(answer.failure) && !open.has(provider)) open.set(provider, answer.failure);
    return answer;
  };
}

function ends({ kind }: Failure): boolean {
  return kind === 'auth' || kind === 'quota';
}

function unavailable(failure: Failure): Answer {
  const message = `provider unavailable: ${failure.message}`;
  return { ok: false, failure: { kind: 'unavailable', message }, attempts: 0, retry: { retry: 'no' } };
}
