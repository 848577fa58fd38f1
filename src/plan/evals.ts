import type { Config, Eval, ModelChoice, Prompt, Repeats } from '../vocabulary.js';

/** What the command line may say about which evals there are. */
export interface EvalChoices {
  /** `--model`: replaces the prompt's models, which replace the config's. */
  models: readonly string[];
  /** `--repeats`: replaces what config and front matter say. */
  repeats?: Repeats;
}

/** The evals of a library: each prompt × each of its models, in order of prompt id, then of the models as listed. */
export function evalsOf(prompts: readonly Prompt[], config: Pick<Config, 'models'>, choices: EvalChoices): Eval[] {
  return prompts.flatMap((found) => {
    const prompt = choices.repeats ? { ...found, repeats: choices.repeats } : found;
    return modelsOf(prompt, config, choices.models).map((model) => ({ prompt, model }));
  });
}

/** A model named on the command line keeps what prompt or config say it replaces. */
function modelsOf(prompt: Prompt, config: Pick<Config, 'models'>, named: readonly string[]): ModelChoice[] {
  const written = prompt.models.length > 0 ? prompt.models : config.models;
  const chosen =
    named.length > 0 ? named.map((model) => written.find((each) => each.model === model) ?? { model }) : written;
  return chosen.filter((each, index) => chosen.findIndex((other) => other.model === each.model) === index);
}
