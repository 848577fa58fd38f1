import type { ProviderPool } from '../providers/provider.js';
import type { Mode } from '../vocabulary.js';
import { type Ask, layered } from './ask.js';
import { circuit } from './circuit.js';
import type { Clock } from './clock.js';
import { deadline } from './deadline.js';
import { limits } from './limits.js';
import { type PriceTable, price } from './price.js';
import { providerPort } from './provider-port.js';
import { recordings } from './recordings.js';
import type { RecordingStore } from './recordings-file.js';
import { retry } from './retry.js';

/** What the port of a run is made of. Durations in milliseconds. */
export interface ModelPortOptions {
  pool: ProviderPool;
  mode: Mode;
  refresh?: boolean;
  store: RecordingStore;
  /** Per attempt. */
  timeoutMs: number;
  /** The longest a server may make us wait for one try. */
  maxWaitMs: number;
  retries?: number;
  concurrency: number;
  prices?: PriceTable;
  clock: Clock & { date(): Date };
}

/** The port to models with its layers in their order, which decides what each of them can see. */
export function modelPort(options: ModelPortOptions): Ask {
  const { pool, mode, refresh, store, timeoutMs, maxWaitMs, retries, concurrency, prices, clock } = options;
  const describe = (model: string) => pool.describe(model);
  const breaker = circuit({ describe });
  return layered(providerPort(pool), [
    // Outermost: a replay must not wait, and the price of the day is recorded with the reply.
    recordings({ mode, refresh, store, describe }),
    price({ table: prices, describe, date: () => clock.date() }),
    // Twice: nothing new waits for a provider that refuses us, and nothing that waited is sent to it.
    breaker,
    // Outside the limits: who waits for another try holds no place.
    retry({ retries, maxWaitMs, clock }),
    limits({ describe, concurrency, maxWaitMs, clock }),
    breaker,
    // Innermost: the time is that of one attempt, not of its wait for a place.
    deadline({ timeoutMs, clock }),
  ]);
}
