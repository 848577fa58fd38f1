import type { OwnCalls } from '../ask/recordings.js';
import { adviser } from '../gate/advice.js';
import { partAdviser } from '../gate/part.js';
import type { Journal } from '../journal/journal.js';
import { renderMessages } from '../library/render.js';
import { adaptivePlan, type Planner } from '../plan/planner.js';
import { type Engine, execute } from '../run/execute.js';
import { graderOf } from '../score/grader.js';
import { createScorer, type TrialScorer } from '../score/scorer.js';
import type { Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { askingPort } from './asking.js';
import { acceptedOf } from './baselines.js';
import type { Books } from './books.js';
import type { Bounds } from './bounds.js';
import { DEFAULT_MAX_WAIT_MS, DEFAULT_TIMEOUT_MS, type EvaluateOptions } from './options.js';
import type { Session } from './session.js';
import type { Supply } from './supply.js';

/** What asks and what scores. */
export interface EngineParts {
  ask: Engine['ask'];
  scorer: TrialScorer;
}

/**
 * Builds the port with its layers, and the scorer that asks judges through it.
 * @param named the name by which providers know a prompt, of the id that it runs under
 */
export function partsOf(
  session: Session,
  options: EvaluateOptions,
  world: World,
  { budget, own }: Partial<Pick<Bounds, 'budget'>> & { own?: OwnCalls } = {},
  named = session.against?.named,
): EngineParts {
  const { config, store, pool, redact } = session;
  const ask = askingPort(
    {
      mode: config.mode,
      refresh: options.refresh ?? false,
      concurrency: config.concurrency,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxWaitMs: options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS,
      store,
      pool,
      redact,
      ...(budget && { budget }),
      ...(own && { own }),
      ...(named && { named }),
      ...(options.port && { port: options.port }),
    },
    world,
  );
  const scorer = createScorer({
    ask,
    assertions: session.assertions,
    root: session.project.root,
    redact,
    ...(config.judge && { judge: config.judge }),
    ...(options.signal && { signal: options.signal }),
  });
  return { ask, scorer };
}

/** The parts that turn work into results, which go into the books and the journal. */
export function engineOf(
  session: Session,
  { ledger, places }: Books,
  { ask, scorer }: EngineParts,
  journal: Journal,
  options: EvaluateOptions,
  bounds?: Pick<Bounds, 'limited' | 'ended'>,
): Engine {
  const { library, evals, includes, pool, config } = session;
  const yardstick = yardsticks(session);
  return {
    library,
    evals,
    includes,
    ask,
    ledger,
    signal: options.signal ?? new AbortController().signal,
    render: (prompt, vars) => renderMessages(prompt.template, vars).messages,
    score: (scoreable) => scorer.score({ ...scoreable, prompt: yardstick(scoreable.prompt) }),
    graders: gradersOf(session),
    record: (result, at) => {
      const seat = ledger.seatOf(result, at);
      // With what its case is: a journal must be comparable when the files have changed.
      const content = seat && ledger.content(seat);
      const appended = journal.append(content ? { ...result, content } : result);
      return appended.then((place) => seat && places.set(seat, result.repeat, place));
    },
    laneOf: (model) => pool.describe(model).provider,
    window: (lane) => {
      const calls = config.providers[lane]?.concurrency ?? config.concurrency;
      return { trials: 2 * calls, asking: Math.ceil(1.25 * calls) };
    },
    ...(bounds && { limited: bounds.limited }),
    onResult(result) {
      bounds?.ended(result);
      options.onResult?.(result);
    },
  };
}

/** The prompt by whose schema an answer is checked: of an old version that of today. One object per prompt: scorers are kept by it. */
function yardsticks({ against }: Session): (prompt: Prompt) => Prompt {
  const known = new Map<string, Prompt>();
  return (prompt) => {
    const found = known.get(prompt.id) ?? against?.yardstick(prompt) ?? prompt;
    known.set(prompt.id, found);
    return found;
  };
}

/**
 * The models without whose grades an answer is worth nothing: those of checks that decide, by their level or since the gate looks at
 * their metric. What only informs does not keep a case from being asked.
 */
function gradersOf({ assertions, config }: Session): NonNullable<Engine['graders']> {
  const how = { assertions, ...(config.judge && { judge: config.judge }) };
  return (testCase, { gate }) =>
    testCase.assert.flatMap((assertion) => {
      const decides = assertion.level === 'error' || Object.hasOwn(gate.metrics, assertion.metric);
      const model = decides ? graderOf(assertion, how)?.model : undefined;
      return model === undefined ? [] : [model];
    });
}

/** The plan of a session's run: first rounds, then what its verdicts still need; old versions beside the new ones. */
export function plannerOf(
  session: Session,
  { ledger }: Pick<Books, 'ledger'>,
  { ended }: Pick<Supply, 'ended'>,
): Planner {
  const { evals, library, against, shard } = session;
  const advise = shard ? partAdviser : adviser;
  const plan = adaptivePlan(
    against?.news ?? evals,
    advise(against?.accepted(ledger.run) ?? acceptedOf(library), ended),
  );
  return against?.beside(plan, ended) ?? plan;
}

/** Does what the planner asks for, as far as it can be had, until it asks for nothing more or the run is stopped or spent. */
export async function follow(
  planner: Planner,
  supply: Supply,
  engine: Engine,
  { onPlanned }: Pick<EvaluateOptions, 'onPlanned'>,
  bounds?: Pick<Bounds, 'spent'>,
): Promise<void> {
  const { ledger, signal } = engine;
  for (let wanted = planner.next(ledger.run); wanted.length > 0; wanted = planner.next(ledger.run)) {
    const work = await supply.only(wanted);
    const { planned } = ledger.run.trials;
    ledger.plan(work);
    onPlanned?.(ledger.run.trials.planned - planned);
    await execute(work, engine);
    if (signal.aborted || bounds?.spent() !== undefined) return;
  }
}
