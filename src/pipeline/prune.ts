import { evalsOfPrompt } from '../eval-key.js';
import { discover } from '../library/discover.js';
import { renderMessages } from '../library/render.js';
import { evalsOf } from '../plan/evals.js';
import { requestOf } from '../run/execute.js';
import { trialsOf } from '../run/trials.js';
import type { Baseline, Eval, Prompt, Work } from '../vocabulary.js';
import type { World } from '../world.js';
import { partsOf } from './engine.js';
import { openFor } from './library.js';
import type { EvaluateOptions } from './options.js';
import { checkModels, type Session } from './session.js';

/**
 * Drops recordings that neither plan nor baseline uses. What is used is found by replaying: every trial that was run, that the files
 * plan or that is accepted, its judges and embeddings included, asks for its recordings once more; no model is called.
 * @param accepted prompts with the baselines that they have now
 * @returns how many rows were dropped
 */
export async function pruneRecordings(
  session: Session,
  accepted: readonly { prompt: Prompt; next: Baseline }[],
  options: EvaluateOptions,
  world: World,
): Promise<number> {
  if (session.config.mode === 'live') return 0;
  const replay: Session = { ...session, config: { ...session.config, mode: 'replay' } };
  const planned = await plannedEvals(session, accepted, options, world);
  let dropped = 0;
  for (const { prompt, next } of accepted) {
    const ran = evalsOfPrompt(session.evals, prompt.id);
    const others = othersOf(prompt, next, ran, planned);
    const names = others.map(({ model }) => model.model);
    const replayed = (await checkModels(names, replay, options, world)).length === 0;
    // A replay that is cut short has not found all that is used.
    await replayAll(replay, prompt, next, { ran, others: replayed ? others : [] }, options, world);
    if (options.signal?.aborted) return dropped;
    const used = session.store.used();
    // Replies of models that this run did not have may be of another version. The row of a grader tells its own model only: it stays
    // where answers that it may be about could not be replayed.
    const keep = (row: { model: string; purpose: string; key: string }) =>
      used.has(row.key) || (row.purpose === 'trial' ? names.includes(row.model) : !replayed);
    dropped += await session.store.prune(prompt.id, keep);
  }
  return dropped;
}

/** What the files plan for these prompts: a run may have had other models, which stand in the place of theirs then. */
async function plannedEvals(
  session: Session,
  accepted: readonly { prompt: Prompt }[],
  options: EvaluateOptions,
  world: World,
): Promise<Eval[]> {
  if (session.selection.models.length === 0) return session.evals;
  const paths = accepted.map(({ prompt }) => session.file(prompt.path));
  const { project, how } = openFor({ ...options, paths }, world);
  const { prompts, config } = await discover(project.tree, { ...how, modelsOptional: true });
  return evalsOf(prompts, config, { models: [] });
}

/** The evals of a prompt that this run did not have: of models that the files name, or that are accepted. */
function othersOf(prompt: Prompt, { models }: Baseline, ran: readonly Eval[], planned: readonly Eval[]): Eval[] {
  const named = evalsOfPrompt(planned, prompt.id).map(({ model }) => model.model);
  const others = new Set([...named, ...Object.keys(models)]);
  for (const { model } of ran) others.delete(model.model);
  return [...others].map((model) => ({ prompt, model: { model } }));
}

async function replayAll(
  session: Session,
  prompt: Prompt,
  baseline: Baseline,
  { ran, others }: Record<'ran' | 'others', readonly Eval[]>,
  { cwd, port, signal }: EvaluateOptions,
  world: World,
): Promise<void> {
  const { ask, scorer } = partsOf(session, { cwd, ...(port && { port }) }, world);
  const work = [
    ...ran.flatMap((each) => workOf(each, Math.max(prompt.repeats.max, each.prompt.repeats.max), baseline)),
    // Cases that newly fail may have been given more than the plan says.
    ...others.flatMap((each) => workOf(each, Math.max(prompt.repeats.max, prompt.gate.confirm), baseline)),
  ];
  for await (const trial of trialsOf(work, { ...session.source, evals: [...ran, ...others] })) {
    if (signal?.aborted) return;
    const messages = renderMessages(prompt.template, trial.case.vars).messages;
    const answer = await ask(requestOf(trial, messages), { purpose: 'trial', trial: trial.id });
    if (answer.ok) await scorer.score({ trial: trial.id, case: trial.case, prompt, answer });
  }
}

/** As many rounds as may be planned or are accepted, whichever is more. */
function workOf({ prompt, model: { model } }: Eval, planned: number, baseline: Baseline): Work[] {
  let rounds = planned;
  for (const { scores } of Object.values(baseline.models[model]?.cases ?? {})) {
    for (const { repeats } of Object.values(scores)) rounds = Math.max(rounds, repeats.length);
  }
  return Array.from({ length: rounds }, (_, index): Work => ({ prompt: prompt.id, model, repeat: index + 1 }));
}
