import type { Place, Problem } from '../vocabulary.js';

/** What `assay check` finds beyond mistakes: each broken rule of the policy under the rule's own name. */
export const policyProblems = {
  'model-not-allowed': (model: string, allowed: readonly string[], place?: Place): Problem => ({
    code: 'model-not-allowed',
    message: `the model "${model}" is not allowed by policy.models`,
    remedy: `Use a model that matches ${allowed.join(' or ')}, or allow this one in the config.`,
    place,
  }),
  'never-accepted': (prompt: string, place?: Place): Problem => ({
    code: 'never-accepted',
    message: `prompt "${prompt}" has no baseline: no drop of its scores would be seen`,
    remedy: 'Run `assay eval`, then `assay accept`.',
    place,
  }),
  'required-metadata': (prompt: string, key: string, place?: Place): Problem => ({
    code: 'required-metadata',
    message: `prompt "${prompt}" has no "${key}", which policy.require asks for`,
    remedy: `Add "${key}" to its front matter, or for several prompts to an override in the config.`,
    place,
  }),
  'too-few-cases': (prompt: string, found: number, quarantined: number, wanted: number, place?: Place): Problem => ({
    code: 'too-few-cases',
    message: `prompt "${prompt}" has ${found} ${found === 1 ? 'case' : 'cases'}${quarantined > 0 ? ` beside ${quarantined} in quarantine` : ''}; policy.minCases asks for ${wanted}`,
    remedy: 'Add cases, best those that went wrong in production.',
    place,
  }),
  'unevaluated-prompt': (prompt: string, place?: Place): Problem => ({
    code: 'unevaluated-prompt',
    message: `nobody evaluates prompt "${prompt}": all its cases are in quarantine`,
    remedy: 'Release a case from quarantine, or add one.',
    place,
  }),
  'unexplained-constraint': (word: string, place?: Place): Problem => ({
    code: 'unexplained-constraint',
    message: `a constraint ("${word}") without a reason: no "why:" comment stands beside it`,
    remedy: 'Put {{! why: … }} on the line before: no model sees it, and nobody takes the constraint out unknowingly.',
    place,
  }),
  'unknown-owner': (owner: string, file: string, place?: Place): Problem => ({
    code: 'unknown-owner',
    message: `the owner "${owner}" is in no CODEOWNERS file`,
    remedy: `Name an owner of ${file}, or add this one there.`,
    place,
  }),
  'unlogged-version': (prompt: string, was: string, is: string, place?: Place): Problem => ({
    code: 'unlogged-version',
    message: `prompt "${prompt}" changed (${was} → ${is}), and its changelog does not say why`,
    remedy: 'Add an entry { date, why } to "changelog" in its front matter.',
    place,
  }),
  'unused-partial': (path: string, place?: Place): Problem => ({
    code: 'unused-partial',
    message: `no prompt includes the partial ${path}`,
    remedy: 'Delete it, or include it.',
    place,
  }),
} as const;
