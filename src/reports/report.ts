import type { Comparison, Config, TrialResult, Verdict } from '../vocabulary.js';

/** Everything a report may show. */
export interface ReportInput {
  tool: { name: string; version: string };
  config: Pick<Config, 'mode'>;
  comparison: Comparison;
  verdict: Verdict;
  /** Remarks that are no part of the decision: ignored CSV columns, a cut journal line, a baseline accepted in this branch. */
  notes: string[];
  /** The raw results of one case of an eval in order of repeat. @param at its place in the comparison's `folded` */
  trials(prompt: string, model: string, at: number): readonly TrialResult[];
  /** The same as rows of `report.json`: JSON without a line end, as `rowText` writes it. */
  rows(prompt: string, model: string, at: number): readonly string[];
}

/** A report written to a file: a pure function from facts to text, piece by piece, so that a long one is never one string. */
export interface Report {
  /** Its file in the output folder. */
  file: string;
  render(input: ReportInput): AsyncIterable<string>;
}
