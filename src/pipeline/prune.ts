import { renderMessages } from '../library/render.js';
import { requestOf } from '../run/execute.js';
import { trialsOf } from '../run/trials.js';
import { createScorer } from '../score/scorer.js';
import type { Baseline, Prompt, Work } from '../vocabulary.js';
import type { World } from '../world.js';
import { askingPort } from './asking.js';
import { DEFAULT_MAX_WAIT_MS, DEFAULT_TIMEOUT_MS } from './options.js';
import type { Session } from './session.js';

/**
 * Drops recordings that neither plan nor baseline uses. What is used is found by replaying: every trial that was planned or
 * accepted, its judges and embeddings included, asks for its recordings once more; no model is called.
 * @param accepted prompts with the baselines that they have now
 * @returns how many rows were dropped
 */
export async function pruneRecordings(
  session: Session,
  accepted: readonly { prompt: Prompt; next: Baseline }[],
  world: World,
): Promise<number> {
  if (session.config.mode === 'live') return 0;
  let dropped = 0;
  for (const { prompt, next } of accepted) {
    await replayAll(session, prompt, next, world);
    const used = session.store.used();
    const models = new Set(
      session.evals.filter((each) => each.prompt.id === prompt.id).map((each) => each.model.model),
    );
    // Replies of models that this run did not have belong to other baselines, or to a plan of another day.
    const keep = (row: { model: string; purpose: string; key: string }) =>
      used.has(row.key) || (row.purpose === 'trial' && !models.has(row.model) && Object.hasOwn(next.models, row.model));
    dropped += await session.store.prune(prompt.id, keep);
  }
  return dropped;
}

async function replayAll(session: Session, prompt: Prompt, baseline: Baseline, world: World): Promise<void> {
  const { config, store, pool, project } = session;
  const ask = askingPort(
    {
      mode: 'replay',
      refresh: false,
      concurrency: config.concurrency,
      timeoutMs: DEFAULT_TIMEOUT_MS,
      maxWaitMs: DEFAULT_MAX_WAIT_MS,
      store,
      pool,
    },
    world,
  );
  const judge = config.judge && { judge: config.judge };
  const scorer = createScorer({ ask, assertions: session.assertions, root: project.root, ...judge });
  for await (const trial of trialsOf(workOf(session, prompt, baseline), session.source)) {
    if (pool.describe(trial.id.model).calls === 'none') continue;
    const messages = renderMessages(prompt.template, trial.case.vars).messages;
    const answer = await ask(requestOf(trial, messages), { purpose: 'trial', trial: trial.id });
    if (answer.ok) await scorer.score({ trial: trial.id, case: trial.case, prompt, answer });
  }
}

/** As many rounds as were planned or accepted, whichever is more. */
function workOf(session: Session, prompt: Prompt, baseline: Baseline): Work[] {
  return session.evals
    .filter((each) => each.prompt.id === prompt.id)
    .flatMap(({ prompt: { repeats }, model: { model } }) => {
      const cases = Object.values(baseline.models[model]?.cases ?? {});
      const accepted = cases.map((each) =>
        Math.max(0, ...Object.values(each.scores).map((score) => score.repeats.length)),
      );
      const rounds = Math.max(repeats.max, ...accepted);
      return Array.from({ length: rounds }, (_, index): Work => ({ prompt: prompt.id, model, repeat: index + 1 }));
    });
}
