/**
 * The public API: run evals from code, with own assertions, providers and ports. Everything else is internal and may change.
 *
 * @example
 * const conclusion = await evaluate({ cwd: process.cwd(), assertions: [myAssertion] });
 * console.log(conclusion.verdict.verdict, conclusion.verdict.reasons);
 * conclusion.close();
 */
export type { Ask, AskContext, Layer } from './ask/ask.js';
export type { AssertionDefinition, Declared, Scorer, ScorerTools, Subject } from './assertions/assertion.js';
export { UserError } from './errors.js';
export type { Conclusion } from './pipeline/conclude.js';
export { evaluate } from './pipeline/evaluate.js';
export type { EvaluateOptions } from './pipeline/options.js';
export type { Call, Provider, ProviderContext, ProviderDefinition, ProviderRequest } from './providers/provider.js';
export { ProviderError } from './providers/provider.js';
export type { Report, ReportInput } from './reports/report.js';
export type * from './vocabulary.js';
