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

/** How a user of this project records: by its script `eval`, as is usual, but where it has none that runs this command. */
function recordCommand(tree: Tree): string {
  return lacksEvalScript(tree) ? 'npx assay eval --mode record' : 'npm run eval -- --mode record';
}

/** Whether a package.json says that `npm run eval` would run something else, or nothing. One that cannot be read says neither. */
function lacksEvalScript(tree: Tree): boolean {
  try {
    const { scripts } = JSON.parse(tree.read('package.json')) as { scripts?: { eval?: unknown } };
    return !/\bassay eval\b|\bmain\.js eval\b/.test(String(scripts?.eval));
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
