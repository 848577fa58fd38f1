import { type Ask, type Layer, layered } from '../ask/ask.js';
import type { Budget } from '../ask/budget.js';
import { circuit } from '../ask/circuit.js';
import { deadline } from '../ask/deadline.js';
import { limits } from '../ask/limits.js';
import { price, recalledPrice } from '../ask/price.js';
import { providerPort } from '../ask/provider-port.js';
import { ready } from '../ask/ready.js';
import { redacting } from '../ask/redacting.js';
import { type OwnCalls, recordings } from '../ask/recordings.js';
import type { RecordingStore } from '../ask/recordings-file.js';
import { retry } from '../ask/retry.js';
import { requestTokens } from '../plan/estimate.js';
import type { ProviderPool } from '../providers/provider.js';
import type { Redact } from '../trust/redact.js';
import type { Mode, ModelRequest } from '../vocabulary.js';
import type { World } from '../world.js';

/** How models are asked in a run. */
export interface AskingOptions {
  mode: Mode;
  refresh: boolean;
  concurrency: number;
  /** For each attempt, in milliseconds. */
  timeoutMs: number;
  maxWaitMs: number;
  store: RecordingStore;
  pool: ProviderPool;
  budget?: Budget;
  /** What an earlier process of the same run has called for. */
  own?: OwnCalls;
  /** The name by which providers know a prompt, of the id that it runs under: an old version is the same prompt to them. */
  named?(prompt: string): string;
  /** Stands in for the providers: another implementation of the port. */
  port?: Ask;
  /** Takes keys out of whatever comes in. */
  redact?: Redact;
}

/** The one port to models with its layers around it, outermost first. */
export function askingPort(options: AskingOptions, world: World): Ask {
  const { mode, refresh, concurrency, timeoutMs, maxWaitMs, store, pool, budget, own, redact } = options;
  const describe = pool.describe.bind(pool);
  const breaker = circuit({ describe });
  return layered(options.port ?? providerPort(pool, redact), [
    ...(redact ? [redacting(redact)] : []),
    recalledPrice({ describe }),
    recordings({ mode, refresh, store, describe, ...(own && { own }) }),
    breaker.outer,
    retry({ maxWaitMs, clock: world }),
    ...(budget ? [budget.layer] : []),
    price({ describe, date: world.date }),
    limits({ describe, concurrency, maxWaitMs, tokens, clock: world }),
    breaker.inner,
    ...(options.port ? [] : [ready(pool)]),
    deadline({ timeoutMs, clock: world }),
    ...(options.named ? [naming(options.named)] : []),
  ]);
}

/** Gives the prompt of a trial the name that providers know. */
function naming(named: (prompt: string) => string): Layer {
  return (ask) => (request, context) =>
    ask(request, { ...context, trial: { ...context.trial, prompt: named(context.trial.prompt) } });
}

function tokens(request: ModelRequest): number {
  const { input, output } = requestTokens(request);
  return input + output;
}
