import { structuredPatch } from 'diff';
import { canonicalJson, contentHash } from '../hash.js';
import type { Assertion, Baseline, Case, Prompt } from '../vocabulary.js';
import { acceptedScores } from './scores.js';
import { templateText } from './template-text.js';

/** A prompt at one time. Cases are absent where their files have mistakes. */
export interface PromptSide {
  prompt: Prompt;
  cases?: readonly Case[];
  baseline?: Baseline;
}

/** Lines of a unified diff without its head; empty where nothing changed. */
export type TextDiff = string[];

/** What differs between two states of a prompt; what is absent does not. */
export interface PromptDiff {
  versions: { before: string | null; after: string | null };
  /** The template as a model sees it, partials in place. */
  template?: TextDiff;
  parameters?: TextDiff;
  output?: TextDiff;
  tools?: TextDiff;
  input?: TextDiff;
  /** Owner, models and other settings that no model sees, by name. */
  settings?: TextDiff;
  /** Null: the cases of one side cannot be read. */
  cases: CaseChanges | null;
  scores: ScoreChange[];
}

/** Cases by id. */
export interface CaseChanges {
  added: string[];
  removed: string[];
  changed: { case: string; what: string[] }[];
}

/** An accepted score of one model, 0..1; null: there is none on that side. */
export interface ScoreChange {
  model: string;
  metric: string;
  before: number | null;
  after: number | null;
}

/** Compares two states of a prompt; one that does not exist is absent. */
export function comparePrompts(before: PromptSide | undefined, after: PromptSide | undefined): PromptDiff {
  const [was, is] = [before?.prompt, after?.prompt];
  const diffs = {
    template: textDiff(was ? templateText(was.template) : '', is ? templateText(is.template) : ''),
    parameters: jsonDiff(was?.parameters, is?.parameters),
    output: jsonDiff(was && answerOf(was), is && answerOf(is)),
    tools: jsonDiff(was?.tools, is?.tools),
    input: jsonDiff(was?.input, is?.input),
    // Of a prompt that is new or gone, defaults would hide what was written.
    settings: was && is ? jsonDiff(settingsOf(was), settingsOf(is)) : [],
  };
  return {
    versions: { before: was?.version ?? null, after: is?.version ?? null },
    ...Object.fromEntries(Object.entries(diffs).filter(([, lines]) => lines.length > 0)),
    cases: compareCases(before ? before.cases : [], after ? after.cases : []),
    scores: compareScores(before, after),
  };
}

/** A schema that is not sent is no part of what the model sees, but tells what the answer should be. */
function answerOf({ output, structured }: Prompt): unknown {
  return output && { ...(structured === 'off' && { structured }), schema: output };
}

function settingsOf({ owner, models, tags, repeats, gate, why }: Prompt): unknown {
  return { owner, why, models: models.map(({ model }) => model), tags, repeats, gate };
}

function jsonDiff(before: unknown, after: unknown): TextDiff {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  return textDiff(jsonText(before), jsonText(after));
}

/** Keys sorted: their order is no difference. */
function jsonText(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0))
    return '';
  return `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`;
}

function textDiff(before: string, after: string): TextDiff {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: 3 });
  return hunks.flatMap(({ lines }, index) => [...(index > 0 ? ['…'] : []), ...lines]);
}

function compareCases(before: readonly Case[] | undefined, after: readonly Case[] | undefined): CaseChanges | null {
  if (!before || !after) return null;
  const was = new Map(before.map((each) => [each.id, each]));
  const is = new Map(after.map((each) => [each.id, each]));
  const changed = after.flatMap((each) => {
    const old = was.get(each.id);
    const what = old ? caseChanges(old, each) : [];
    return what.length > 0 ? [{ case: each.id, what }] : [];
  });
  return {
    added: [...is.keys()].filter((id) => !was.has(id)),
    removed: [...was.keys()].filter((id) => !is.has(id)),
    changed,
  };
}

function caseChanges(before: Case, after: Case): string[] {
  const aspects: [string, (each: Case) => unknown][] = [
    ['variables', ({ input }) => input],
    ['expected', ({ expected }) => expected],
    ['assertions', ({ assert }) => assert.map(withoutPlace).toSorted()],
    ['tags', ({ tags }) => tags.toSorted()],
    ['group', ({ group }) => group],
    ['quarantine', ({ quarantine }) => quarantine],
  ];
  return aspects.filter(([, of]) => canonicalJson(of(before)) !== canonicalJson(of(after))).map(([name]) => name);
}

function withoutPlace({ place: _place, ...assertion }: Assertion): string {
  return contentHash(assertion);
}

/** Both sides are folded as the gate would fold them now: another reducer is no change of scores. */
function compareScores(before: PromptSide | undefined, after: PromptSide | undefined): ScoreChange[] {
  const gate = (after ?? before)?.prompt.gate;
  if (!gate) return [];
  const changes = new Map<string, ScoreChange>();
  for (const [side, of] of [['before', before] as const, ['after', after] as const]) {
    for (const { model, metrics } of of?.baseline ? acceptedScores(of.baseline, gate) : []) {
      for (const [metric, mean] of Object.entries(metrics)) {
        const key = JSON.stringify([model, metric]);
        const change = changes.get(key) ?? { model, metric, before: null, after: null };
        changes.set(key, { ...change, [side]: mean });
      }
    }
  }
  return [...changes.values()].filter((each) => each.before !== each.after);
}
