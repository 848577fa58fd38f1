import { estimateCost } from '../ask/price.js';
import type { World } from '../world.js';
import { inputTokens, OUTPUT_TOKENS } from '../plan/estimate.js';
import type { Session } from './session.js';

/** What a replay lacked, with what it would cost to record it: each makes the run unverified. Empty: it lacked nothing. */
export async function missesReasons({ store, pool }: Pick<Session, 'store' | 'pool'>, world: World): Promise<string[]> {
  const { asked, missing, models } = store.misses();
  if (missing === 0) return [];
  let usd = 0;
  let known = true;
  for (const [model, { count, inputChars }] of Object.entries(models)) {
    const options = { date: world.date };
    const cost = await estimateCost(pool.describe(model), inputTokens(inputChars), count * OUTPUT_TOKENS, options);
    if (cost === undefined) known = false;
    else usd += cost;
  }
  const price = known ? `, ${usd < 0.01 ? 'under $0.01' : `about $${usd.toFixed(2)}`}` : '';
  return [`${missing} of ${asked} not recorded${price}: npm run eval -- --mode record`];
}
