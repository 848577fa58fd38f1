import { estimateCost } from '../ask/price.js';
import type { Misses } from '../ask/recordings-file.js';
import type { Tree } from '../library/tree.js';
import type { World } from '../world.js';
import { inputTokens, OUTPUT_TOKENS } from '../plan/estimate.js';
import type { Session } from './session.js';

/** What a replay lacked, with what it would cost to record it: each makes the run unverified. Empty: it lacked nothing. */
export async function missesReasons(
  { asked, missing, models }: Misses,
  { pool, project }: Pick<Session, 'pool' | 'project'>,
  world: World,
): Promise<string[]> {
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
  return [`${missing} of ${asked} not recorded${price}: ${recordCommand(project.tree)}`];
}

/** How a user of this project records: by its own script, where it has one for that. */
function recordCommand(tree: Tree): string {
  return hasEvalScript(tree) ? 'npm run eval -- --mode record' : 'npx assay eval --mode record';
}

/** Whether `npm run eval` runs this command. A package.json that cannot be read is npm's affair. */
function hasEvalScript(tree: Tree): boolean {
  try {
    const { scripts } = JSON.parse(tree.read('package.json')) as { scripts?: { eval?: unknown } };
    return /\bassay eval\b|\bmain\.js eval\b/.test(String(scripts?.eval));
  } catch {
    return false;
  }
}

/** What several parts of a run lacked together. */
export function sumOfMisses(parts: readonly Misses[]): Misses {
  const sum: Misses = { asked: 0, missing: 0, models: {} };
  for (const { asked, missing, models } of parts) {
    sum.asked += asked;
    sum.missing += missing;
    for (const [model, { count, inputChars }] of Object.entries(models)) {
      const known = (sum.models[model] ??= { count: 0, inputChars: 0 });
      known.count += count;
      known.inputChars += inputChars;
    }
  }
  return sum;
}
