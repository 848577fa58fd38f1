import { problems } from '../errors.js';
import type { Problem } from '../vocabulary.js';

/**
 * Variables in which CI systems, clouds and package registries hand a job its rights. None is a key of a model, and a pull request that
 * names one in a config wants it sent somewhere.
 */
const RIGHTS = [
  /^ACTIONS_/,
  /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|WEB_IDENTITY_TOKEN_FILE)$/,
  /^(?:ARM|AZURE)_CLIENT_SECRET$/,
  /^(?:BITBUCKET|BUILDKITE|CIRCLE|CIRRUS|DRONE|NETLIFY|TRAVIS|VERCEL)_\w*(?:TOKEN|SECRET|KEY)\w*$/,
  /^CI_(?:BUILD|DEPLOY|JOB|REGISTRY|REPOSITORY)_/,
  /^(?:CARGO|DOCKER|DOCKERHUB|GEM|NPM|NODE_AUTH|NUGET|PYPI|TWINE|YARN)_\w*(?:TOKEN|PASSWORD|SECRET|KEY)$/,
  /^(?:GH|GITHUB|GITLAB)_\w*(?:TOKEN|PAT|SECRET|KEY)$/,
  /^(?:CONSUL|KUBE|TF|VAULT)_?\w*(?:TOKEN|CONFIG|SECRET)\w*$/,
  /^SSH_/,
  /^SYSTEM_ACCESSTOKEN$/,
];

/**
 * What is wrong with a variable that a config names as the holder of a key.
 * @param allowed names given by --allow-key or ASSAY_ALLOW_KEY
 */
export function keyProblem(provider: string, variable: string, allowed: readonly string[]): Problem | undefined {
  // Windows does not tell `Github_Token` from `GITHUB_TOKEN`.
  const name = variable.toUpperCase();
  if (allowed.includes(variable) || !RIGHTS.some((each) => each.test(name))) return undefined;
  return problems['key-not-allowed'](provider, variable);
}
