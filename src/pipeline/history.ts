import { type HistoryEntry, historyLines, withHistory } from '../gate/history.js';
import { listHash } from '../hash.js';
import { readLines } from '../journal/lines.js';
import { projectFiles } from '../journal/project-files.js';
import { evalKey } from '../eval-key.js';
import type { Comparison, EvalRun, Json, JsonObject, Run, Verdict } from '../vocabulary.js';
import type { Books } from './books.js';
import type { Session } from './session.js';
import { isObject } from '../objects.js';

/** The history's file in the output folder: a line per eval and verified run, never committed. */
export const HISTORY = 'history.jsonl';

/** So many runs back of each eval are looked at: a case that flipped longer ago than that is another case by now. */
const MOST_RUNS = 50;

/** The history as far as it concerns a run. */
export interface History {
  /** The comparison with the cases that flip without a change. */
  mark(comparison: Comparison): Comparison;
  /** Adds a run whose verdict could be told. */
  add(comparison: Comparison, verdict: Verdict): Promise<void>;
}

/** Reads the history of the evals of a run. Lines that are not of our making are passed over: it decides nothing. */
export async function openHistory(session: Session, { ledger }: Books): Promise<History> {
  const path = session.out(HISTORY);
  const suites = suitesOf(ledger.run);
  const suiteOf = (prompt: string, model: string) => suites.get(evalKey(prompt, model)) ?? '';
  const entries = await readEntries(path, suites);
  return {
    mark: (comparison) => withHistory(comparison, entries, suiteOf),
    async add(comparison, { verdict, incomplete }) {
      if (verdict === 'unverified' || incomplete || comparison.run.shard || comparison.evals.length === 0) return;
      const lines = historyLines(comparison, verdict, suiteOf);
      const files = projectFiles(() => path, false);
      try {
        await files.append(path, session.redact(lines.join('\n')));
      } finally {
        await files.close();
      }
    },
  };
}

/** Per eval what its cases are, their assertions among it. */
function suitesOf(run: Run): Map<string, string> {
  return new Map(run.evals.map(({ prompt, model, cases }) => [evalKey(prompt.id, model), listHash(contents(cases))]));
}

function* contents(cases: EvalRun['cases']): Generator<Json> {
  for (const each of cases) yield [each.case, each.input, each.asserts.pass ?? null];
}

async function readEntries(path: string, wanted: ReadonlyMap<string, string>): Promise<HistoryEntry[]> {
  const found = new Map<string, HistoryEntry[]>();
  try {
    for await (const { text } of readLines(path)) {
      const entry = readEntry(text);
      const key = entry && evalKey(entry.prompt, entry.model);
      if (!entry || key === undefined || wanted.get(key) !== entry.suite) continue;
      const list = found.get(key) ?? [];
      list.push(entry);
      if (list.length > MOST_RUNS) list.shift();
      found.set(key, list);
    }
  } catch {
    // There is none yet, or it cannot be read: nothing is known of earlier runs.
    return [];
  }
  return [...found.values()].flat();
}

function readEntry(line: string): HistoryEntry | undefined {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
  return isObject(value) && isEntry(value) ? (value as unknown as HistoryEntry) : undefined;
}

function isEntry({ prompt, model, version, run, suite, trials, cases, replayed }: JsonObject): boolean {
  const named = [prompt, model, version, run, suite].every((each) => typeof each === 'string');
  return (
    named && isCount(trials) && typeof replayed === 'boolean' && isObject(cases) && Object.values(cases).every(isPair)
  );
}

function isPair(value: Json): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}

function isCount(value: Json | undefined): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
