import { canonicalJson, contentHash } from '../hash.js';
import type { Tree } from '../library/tree.js';
import { oneByOne } from '../lists.js';
import { ownPriceOf } from '../own-prices.js';
import { graderOf, hasCommonJudge } from '../score/grader.js';
import type { Assertion, Case, Config, Json, Prompt, ProviderSettings } from '../vocabulary.js';
import { textHash } from './content.js';
import { filesNamedBy } from './named-files.js';
import type { Side } from './side.js';

/** What decides the evals of a prompt, in the order in which changes are told. */
export const ASPECTS = ['version', 'cases', 'models', 'providers', 'prices', 'repeats', 'gate', 'judge'] as const;
export type Aspect = (typeof ASPECTS)[number];

/** A hash of each aspect: equal where nothing changed that an eval could notice. */
export interface PromptFacts extends Readonly<Record<Aspect, string>> {
  /** The names of the providers that its evals ask. */
  asked: ReadonlySet<string>;
}

/**
 * All that decides the evals of a prompt. Not among it: owner, why, tags, comments, changelog, places, the order of cases and
 * models, and how many calls may run at a time.
 */
export async function factsOf(prompt: Prompt, side: Side): Promise<PromptFacts> {
  const { library, tree, assertions } = side;
  const cases: string[] = [];
  const asked = new Set(prompt.models.map(({ model }) => model));
  let judged = false;
  let outputUsed = false;
  for await (const each of oneByOne(library.cases(prompt))) {
    cases.push(caseHash(each));
    for (const assertion of each.assert) {
      const { level, value } = assertion;
      if (level === 'off') continue;
      if (value === undefined) outputUsed = true;
      const grader = graderOf(assertion, { assertions });
      if (grader) asked.add(grader.model);
      if (hasCommonJudge(assertion, assertions)) judged = true;
    }
  }
  const judge = judged ? library.config.judge : undefined;
  if (judge) asked.add(judge.model);
  const names = new Set([...asked].map((model) => model.slice(0, model.indexOf(':'))));
  return {
    asked: names,
    version: prompt.version,
    cases: contentHash([cases.toSorted(), outputUsed ? prompt.output : undefined]),
    models: contentHash(prompt.models.toSorted((a, b) => (a.model < b.model ? -1 : 1))),
    providers: await providersHash(names, library.config, tree),
    prices: pricesHash(prompt, library.config),
    repeats: contentHash(prompt.repeats),
    gate: contentHash(prompt.gate),
    judge: contentHash(judge ?? null),
  };
}

/** The aspects in which two prompts differ. */
export function differences(before: PromptFacts, after: PromptFacts): Aspect[] {
  return ASPECTS.filter((aspect) => before[aspect] !== after[aspect]);
}

/** Of a case's tags only `critical` decides anything. */
function caseHash({ id, input, expected, assert, tags, group, quarantine }: Case): string {
  const active = assert.filter(({ level }) => level !== 'off').map(assertionText);
  const rest = { expected, group, quarantine, critical: tags.includes('critical') };
  return contentHash([id, input, active.toSorted(), rest]);
}

/** An assertion of the defaults is one object for all cases that it is the same for. */
const texts = new WeakMap<Assertion, string>();

function assertionText(assertion: Assertion): string {
  let text = texts.get(assertion);
  if (text === undefined) {
    const { place: _place, ...rest } = assertion;
    text = canonicalJson(rest);
    texts.set(assertion, text);
  }
  return text;
}

/** The user's own prices of a prompt's models. What its graders cost decides nothing. */
function pricesHash({ models }: Prompt, { prices }: Config): string {
  const found = models.flatMap(({ model }): Json[] => {
    const own = ownPriceOf(model, prices);
    return own ? [[model, own]] : [];
  });
  return contentHash(found.map((each) => canonicalJson(each)).toSorted());
}

/** The settings of providers, and the contents of the files that these settings name. */
async function providersHash(names: ReadonlySet<string>, { providers }: Config, tree: Tree): Promise<string> {
  const found: Json[] = [];
  for (const name of [...names].toSorted()) {
    const settings = Object.hasOwn(providers, name) ? providers[name] : undefined;
    if (settings) found.push(await settingsHash(name, settings, tree));
  }
  return contentHash(found);
}

const hashes = new WeakMap<ProviderSettings, string>();

async function settingsHash(name: string, settings: ProviderSettings, tree: Tree): Promise<string> {
  const known = hashes.get(settings);
  if (known !== undefined) return known;
  const rest = decisive(settings);
  const files: Json[] = [];
  for (const path of filesNamedBy(settings, tree)) files.push([path, await textHash(tree, path)]);
  const hash = contentHash([name, rest, files]);
  hashes.set(settings, hash);
  return hash;
}

/** The settings of a provider that can change its answers: how many calls may run at a time cannot. */
export function decisive({ concurrency: _concurrency, limits: _limits, ...rest }: ProviderSettings): Json {
  return rest as Json;
}
