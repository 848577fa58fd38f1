import type { ProviderPool } from '../providers/provider.js';
import { type TrialSource, trialsOf } from '../run/trials.js';
import type { Eval } from '../vocabulary.js';
import { countText } from '../words.js';

/** The evals of a session, with what their answers come from. */
interface Planned {
  evals: readonly Eval[];
  pool: ProviderPool;
  source: TrialSource;
}

/**
 * Finished answers are there as often as somebody gave them: an eval of them runs no more repeats than its provider holds. One answer
 * counted several times would prove what it cannot. A repeat that is there for some cases is run, so that what lacks is told.
 * @returns the evals, those of too few answers with fewer repeats, and a note for each of these
 */
export async function limitedToFinished(planned: Planned): Promise<{ evals: Eval[]; notes: string[] }> {
  const notes: string[] = [];
  const evals: Eval[] = [];
  for (const each of planned.evals) {
    const { prompt, model } = each;
    const { min, max } = prompt.repeats;
    const held = await repeatsHeld(each, planned);
    evals.push(held < min ? { ...each, prompt: { ...prompt, repeats: { min: held, max } } } : each);
    if (held < min) notes.push(`${model.model} holds ${held} of ${countText(min)} repeats of ${prompt.id}`);
  }
  return { evals, notes };
}

/** The last repeat, of those that are to be run whatever happens, that a case has. */
async function repeatsHeld({ prompt, model }: Eval, { pool, source }: Planned): Promise<number> {
  const { min } = prompt.repeats;
  const { calls, name } = pool.describe(model.model);
  if (calls !== 'none' || min === 1) return min;
  const provider = await pool.get(model.model);
  if (!provider.holds) return min;
  for (let repeat = min; repeat > 1; repeat -= 1) {
    for await (const { id } of trialsOf([{ prompt: prompt.id, model: model.model, repeat }], source)) {
      if (provider.holds({ name, trial: { prompt: prompt.id, case: id.case, repeat } })) return repeat;
    }
  }
  return 1;
}
