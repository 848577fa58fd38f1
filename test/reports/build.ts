import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compare } from '../../src/gate/compare.js';
import { decide } from '../../src/gate/decide.js';
import type { Circumstances } from '../../src/gate/general.js';
import { rowText } from '../../src/journal/result-row.js';
import type { Report, ReportInput } from '../../src/reports/report.js';
import type {
  BaselineModel,
  CaseRun,
  Completion,
  EvalRun,
  Failure,
  GraderUse,
  Run,
  Score,
  ScoreDetail,
  TrialResult,
} from '../../src/vocabulary.js';
import { trialFacts } from '../../src/score/facts.js';
import { caseRun, evalRun, info, runOf } from '../gate/build.js';

/** A raw result without its name: that is given by where it stands. */
export type Raw =
  | {
      status: 'completed';
      completion: Completion;
      scores: Score[];
      pass?: boolean;
      score?: number;
      handWritten?: boolean;
      graders?: GraderUse;
    }
  | { status: 'errored'; failure: Failure }
  | { status: 'skipped'; reason: string };

export function completed(
  output: string,
  scores: Score[],
  more: Partial<Completion> = {},
): Extract<Raw, { status: 'completed' }> {
  const decisive = scores.filter((each) => each.level === 'error');
  const unscored = decisive.some((each) => each.status === 'unscored');
  const pass = decisive.every((each) => each.status === 'scored' && each.pass);
  return {
    status: 'completed',
    completion: {
      output,
      finishReason: 'stop',
      usage: { inputTokens: 100, outputTokens: 20 },
      latencyMs: 1200,
      costUsd: 0.0004,
      ...more,
    },
    scores,
    ...(!unscored && { pass, score: pass ? 1 : 0 }),
  };
}

export function scored(pass: boolean, reason: string, more: Partial<Score> & { detail?: ScoreDetail } = {}): Score {
  return {
    type: 'equals',
    metric: 'accuracy',
    weight: 1,
    level: 'error',
    status: 'scored',
    value: pass ? 1 : 0,
    pass,
    reason,
    ...more,
  } as Score;
}

export function unscored(reason: string): Score {
  return { type: 'judge', metric: 'tone', weight: 1, level: 'error', status: 'unscored', reason };
}

export function failed(kind: Failure['kind'], message: string): Raw {
  return { status: 'errored', failure: { kind, message } };
}

/** A case with its raw results. */
export interface RawCase extends Partial<CaseRun> {
  case: string;
  raw: Raw[];
}

export interface RawEval extends Omit<Partial<EvalRun>, 'cases'> {
  cases: RawCase[];
  baseline?: BaselineModel;
}

/** Everything reports are made from, out of raw results: folded, compared and decided by the real gate. */
export function inputOf(
  evals: readonly RawEval[],
  { notes = [], circumstances, run = {} }: { notes?: string[]; circumstances?: Circumstances; run?: Partial<Run> } = {},
): ReportInput {
  const runs = evals.map(({ cases, baseline: _, ...more }) => evalRun(cases.map(fold), more));
  const casesOf = (prompt: string, model: string): readonly RawCase[] =>
    evals[runs.findIndex((each) => each.prompt.id === prompt && each.model === model)]?.cases ?? [];
  const comparison = compare(runOf(runs, run), (prompt, model) => {
    const index = runs.findIndex((each) => each.prompt.id === prompt && (each.replaces ?? each.model) === model);
    return evals[index]?.baseline;
  });
  return {
    tool: { name: 'promptassay', version: '0.1.0' },
    config: { mode: info.mode },
    comparison,
    verdict: decide(comparison, circumstances),
    notes,
    trials(prompt, model, at) {
      const found = casesOf(prompt, model)[at];
      return (
        found?.raw.map((raw, index) => resultOf(raw, { prompt, model, case: found.case, repeat: index + 1 })) ?? []
      );
    },
    rows(prompt, model, at) {
      return this.trials(prompt, model, at).map(rowText);
    },
  };
}

function fold({ raw, case: id, ...more }: RawCase): CaseRun {
  const name = { prompt: 'p', model: 'm', case: id, repeat: 1 };
  return caseRun(
    id,
    raw.map((each) => trialFacts(resultOf(each, name))),
    more,
  );
}

function resultOf(raw: Raw, id: Pick<TrialResult, 'prompt' | 'model' | 'case' | 'repeat'>): TrialResult {
  if (raw.status === 'completed') return { ...id, ...raw, source: 'recording', attempts: 0 };
  return raw.status === 'errored' ? { ...id, ...raw, attempts: 3 } : { ...id, ...raw };
}

/** A report as one text. */
export async function textOf(report: Report | AsyncIterable<string>, input?: ReportInput): Promise<string> {
  let text = '';
  const parts = 'render' in report && input ? report.render(input) : (report as AsyncIterable<string>);
  for await (const part of parts) text += part;
  // As it arrives: what is no text becomes U+FFFD when it is written.
  return Buffer.from(text).toString();
}

/** What a golden file holds; with UPDATE_GOLDEN=1 the text is written there first. */
export function golden(name: string, text: string): string {
  const path = fileURLToPath(new URL(`golden/${name}`, import.meta.url));
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
}
