import { UserError } from '../errors.js';
import {
  type Call,
  type Provider,
  ProviderError,
  type ProviderPool,
  type ProviderRequest,
} from '../providers/provider.js';
import type { Redact } from '../trust/redact.js';
import type { Answer, Completion, Failure, ModelRequest, RateWindow, Retry } from '../vocabulary.js';
import type { Ask, AskContext } from './ask.js';
import { aborted } from './clock.js';
import { completionFault } from './completion.js';

/**
 * The innermost port: finds the model's provider, asks it once, and puts what it throws into words. Anything thrown but a
 * ProviderError is a defect of the provider's code (`code`), as is a completion of the wrong shape; both cost this question
 * only. A UserError passes through.
 * @param redact takes keys out of what was thrown, before it is cut
 */
export function providerPort(pool: ProviderPool, redact: Redact = (text) => text): Ask {
  return async (request, context) => {
    const { name, calls } = pool.describe(request.model);
    const asked = { ...request, name, trial: namesOf(context) };
    let rateLimits: readonly RateWindow[] | undefined;
    const call: Call = {
      signal: context.signal ?? new AbortController().signal,
      heard(limits) {
        rateLimits = limits;
      },
    };
    const beside = (answer: Answer): Answer => (rateLimits === undefined ? answer : { ...answer, rateLimits });
    try {
      const completion = await askProvider(await pool.get(request.model), asked, context, call);
      const fault = completionFault(completion);
      if (fault) return failed(defect(request, `answered with no valid completion: ${fault}`));
      return beside({ ok: true, completion, attempts: 1, source: calls === 'none' ? 'local' : 'call' });
    } catch (thrown) {
      if (thrown instanceof UserError) throw thrown;
      if (thrown instanceof ProviderError) return beside(failed(thrown.failure, thrown.retry));
      return call.signal.aborted ? aborted(1) : failed(defect(request, `failed: ${wordsOf(thrown, redact)}`));
    }
  };
}

function askProvider(
  provider: Provider,
  request: ProviderRequest,
  context: AskContext,
  call: Call,
): Promise<Completion> {
  if (context.purpose !== 'embedding') return provider.complete(request, call);
  if (provider.embed) return provider.embed(request, call);
  const message = `${request.model} has no embeddings`;
  throw new ProviderError({ kind: 'bad-request', message }, { retry: 'no' });
}

function namesOf({ trial }: AskContext): ProviderRequest['trial'] {
  return { prompt: trial.prompt, case: trial.case, repeat: trial.repeat };
}

function failed(failure: Failure, retry: Retry = { retry: 'no' }): Answer {
  return { ok: false, failure, attempts: 1, retry };
}

function defect(request: ModelRequest, what: string): Failure {
  return { kind: 'code', message: `${request.model} ${what}` };
}

/**
 * The first line of an error's message, cut short, without control characters. Never the error itself: those of SDKs carry
 * headers. Whatever was thrown may throw again when it is looked at.
 */
function wordsOf(thrown: unknown, redact: Redact): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `it threw ${typeof thrown}`;
    const [line = ''] = redact(text)
      .trim()
      .split(/[\r\n]/, 1);
    return [...line.replace(/\p{Cc}/gu, ' ')].slice(0, 300).join('');
  } catch {
    return 'it threw something unreadable';
  }
}
