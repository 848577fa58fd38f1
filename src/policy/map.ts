import type { PolicyRule } from './rule.js';
import { modelNotAllowed } from './rules/model-not-allowed.js';
import { neverAccepted } from './rules/never-accepted.js';
import { requiredMetadata } from './rules/required-metadata.js';
import { tooFewCases } from './rules/too-few-cases.js';
import { unevaluatedPrompt } from './rules/unevaluated-prompt.js';
import { unexplainedConstraint } from './rules/unexplained-constraint.js';
import { unknownOwner } from './rules/unknown-owner.js';
import { unloggedVersion } from './rules/unlogged-version.js';
import { unusedPartial } from './rules/unused-partial.js';

/** The rules of the policy, one line each. Their levels are also keys of the config's schema. */
export const policyRules: readonly PolicyRule[] = [
  modelNotAllowed,
  neverAccepted,
  requiredMetadata,
  tooFewCases,
  unevaluatedPrompt,
  unexplainedConstraint,
  unknownOwner,
  unloggedVersion,
  unusedPartial,
];
