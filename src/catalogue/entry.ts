import type { Baseline, Prompt } from '../vocabulary.js';
import { type AcceptedScores, acceptedScores, daysSince } from './scores.js';

/** One prompt of the catalogue, as `assay list --json` prints it. */
export interface CatalogueEntry {
  id: string;
  version: string;
  owner: string | null;
  models: string[];
  /** Null: the files of its cases have mistakes. */
  cases: number | null;
  path: string;
  tags: string[];
  why?: string;
  variantOf?: string;
  /** The last accepted share of cases that pass, 0..1: of its models the lowest. Null: nothing was accepted yet. */
  score: number | null;
  /** Whether every one of its models has accepted scores, and of this version. */
  current: boolean;
  /** Days since scores were last accepted; null: never. */
  age: number | null;
  /** All accepted scores, also of models that it no longer has. */
  scores: AcceptedScores[];
}

/** @param cases how many cases it has; undefined where that cannot be told */
export function catalogueEntry(
  prompt: Prompt,
  cases: number | undefined,
  baseline: Baseline | undefined,
  now: Date,
): CatalogueEntry {
  const scores = baseline ? acceptedScores(baseline, prompt.gate) : [];
  const models = prompt.models.map(({ model }) => model);
  const own = models.length === 0 ? scores : scores.filter(({ model }) => models.includes(model));
  const passes = own.flatMap(({ metrics }) => metrics.pass ?? []);
  const { id, version, path, tags, why, variantOf, owner = null } = prompt;
  return {
    id,
    version,
    owner,
    models,
    cases: cases ?? null,
    path,
    tags,
    ...(why !== undefined && { why }),
    ...(variantOf !== undefined && { variantOf }),
    score: passes.length > 0 ? Math.min(...passes) : null,
    current: own.length > 0 && own.length >= models.length && own.every((each) => each.version === version),
    age: own.length > 0 ? Math.min(...own.map(({ date }) => daysSince(date, now))) : null,
    scores,
  };
}
