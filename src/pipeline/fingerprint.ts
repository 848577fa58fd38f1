import type { CaseRun, Eval, Json, JsonObject, ProviderSettings } from '../vocabulary.js';
import { contentHash, listHash } from '../hash.js';
import { where } from '../lists.js';
import { isInShard, type Shard, shardName } from '../plan/shard.js';
import { caseText } from '../run/case-text.js';
import type { Ledger } from '../run/ledger.js';
import type { Session } from './session.js';

/**
 * What must be equal for a run to be resumed, merged, or accepted later: selection, mode, judge, providers with the files that they
 * name, and per prompt its version, its repeats and the hash of its cases with their assertions. Whether a gate's settings changed
 * does not matter to what was answered.
 * @param shard whose part of the cases is meant; absent: all of them
 */
export function fingerprintOf(
  session: Session,
  { run, hash: hashOf }: Pick<Ledger, 'run' | 'hash'>,
  shard?: Shard,
): JsonObject {
  const { config, selection } = session;
  const repeats = repeatsOf(session.evals);
  const prompts: JsonObject = {};
  for (const { prompt, model, cases } of run.evals) {
    // The run of one shard has the cases of no other.
    const hash = shard === session.shard ? hashOf(prompt.id) : hashOfPart(prompt.id, cases, shard);
    if (hash === undefined) continue;
    const known = prompts[prompt.id];
    const models = known && typeof known === 'object' && !Array.isArray(known) ? known.models : [];
    prompts[prompt.id] = {
      version: prompt.version,
      cases: hash,
      repeats: [...(repeats.get(prompt.id) ?? [])].join(', '),
      models: [...(Array.isArray(models) ? models : []), model],
    };
  }
  return {
    mode: config.mode,
    // Named as the flags, which sort first: what differs by them differs per prompt, too, and this says why.
    ...(shard && { '--shard': shardName(shard) }),
    filter: selection.filter,
    '--repeats': selection.repeats ? `${selection.repeats.min}..${selection.repeats.max}` : null,
    judge: config.judge ? { model: config.judge.model, parameters: contentHash(config.judge.parameters ?? {}) } : null,
    // A run has one price of a model, not two.
    ...(config.prices && { prices: config.prices }),
    providers: Object.fromEntries(
      Object.entries(config.providers).map(([name, each]) => {
        const files = session.providerFiles[name];
        return [name, { ...asked(each), ...(files && { files }) }];
      }),
    ),
    prompts,
  };
}

/** How often the cases of each prompt are run, by its evals: front matter and overrides may say so, too. */
function repeatsOf(evals: readonly Eval[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { prompt } of evals) {
    const { min, max } = prompt.repeats;
    found.set(prompt.id, (found.get(prompt.id) ?? new Set()).add(`${min}..${max}`));
  }
  return found;
}

/** What decides about a provider's answers: who was refused too often may go on with fewer calls at a time. */
function asked({ concurrency: _concurrency, limits: _limits, ...settings }: ProviderSettings): JsonObject {
  return Object.fromEntries(Object.entries(settings).filter((each): each is [string, Json] => each[1] !== undefined));
}

/** The hash of the cases that are in a shard; undefined for none. */
function hashOfPart(prompt: string, all: Iterable<CaseRun>, shard: Shard | undefined): string | undefined {
  const cases = where(all, (each) => isInShard(shard, prompt, each.case));
  const text = caseText();
  return cases[Symbol.iterator]().next().done ? undefined : listHash(cases, (each) => text(each.case, each));
}
