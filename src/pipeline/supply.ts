import { isRecorded } from '../ask/recordings.js';
import type { Ended } from '../gate/advice.js';
import { renderMessages } from '../library/render.js';
import { evalKey } from '../eval-key.js';
import { requestOf } from '../run/execute.js';
import { type Trial, trialsOf } from '../run/trials.js';
import type { Work } from '../vocabulary.js';
import type { Session } from './session.js';

/** What more can be had of evals beyond their first rounds: where no model may be asked, only what is there already. */
export interface Supply {
  /**
   * Leaves out what cannot be had: a round that lacks a case, a repeat that is not recorded. It is no miss; from then on the eval or
   * the case has ended.
   */
  only(work: readonly Work[]): Promise<Work[]>;
  ended: Ended;
}

/** Keeps which evals have ended, and which single cases of them. */
export function endings(): { ended: Ended; end(prompt: string, model: string, testCase?: string): void } {
  /** By eval; undefined stands for the eval itself. */
  const over = new Map<string, Set<string | undefined>>();
  return {
    ended: (prompt, model, testCase) => over.get(evalKey(prompt, model))?.has(testCase) ?? false,
    end(prompt, model, testCase) {
      const key = evalKey(prompt, model);
      over.set(key, (over.get(key) ?? new Set()).add(testCase));
    },
  };
}

/** Everything can be had of a model that may be asked; of recordings and finished outputs only what they hold. */
export function supplyOf(session: Pick<Session, 'config' | 'evals' | 'pool' | 'source' | 'store'>): Supply {
  const { config, evals, pool, source, store } = session;
  const { ended, end } = endings();
  const mins = new Map(evals.map(({ prompt, model }) => [evalKey(prompt.id, model.model), prompt.repeats.min]));

  async function exists(trial: Trial): Promise<boolean> {
    const { calls, name } = pool.describe(trial.id.model);
    if (calls === 'none') {
      const { prompt, case: id, repeat } = trial.id;
      const provider = await pool.get(trial.id.model);
      return provider.holds?.({ name, trial: { prompt, case: id, repeat } }) ?? true;
    }
    if (config.mode !== 'replay') return true;
    const messages = renderMessages(trial.evaluation.prompt.template, trial.case.vars).messages;
    return isRecorded({ store, describe: (model) => pool.describe(model) }, requestOf(trial, messages), trial.id);
  }

  async function wholeRound(work: Work): Promise<boolean> {
    if (ended(work.prompt, work.model)) return false;
    for await (const trial of trialsOf([work], source)) if (!(await exists(trial))) return false;
    return true;
  }

  async function singles(work: Work): Promise<string[]> {
    const found: string[] = [];
    for await (const trial of trialsOf([work], source)) {
      const { prompt, model, case: id } = trial.id;
      if (!ended(prompt, model, id) && (await exists(trial))) found.push(id);
      else end(prompt, model, id);
    }
    return found;
  }

  return {
    async only(work) {
      const kept: Work[] = [];
      for (const each of work) {
        if (each.cases) {
          const cases = await singles(each);
          if (cases.length > 0) kept.push({ ...each, cases });
        } else if (each.repeat <= (mins.get(evalKey(each.prompt, each.model)) ?? 0) || (await wholeRound(each))) {
          kept.push(each);
        } else {
          end(each.prompt, each.model);
        }
      }
      return kept;
    },
    ended,
  };
}
