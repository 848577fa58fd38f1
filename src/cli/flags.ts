import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { problems, UserError } from '../errors.js';
import type { EvaluateOptions } from '../pipeline/options.js';
import type { Mode, Repeats } from '../vocabulary.js';
import type { World } from '../world.js';
import { mode } from './values.js';

/** The flags that commands share, as commander hands them over. */
export interface ProjectFlags {
  config?: string;
  out?: string;
  allowCode?: boolean;
  allowHost?: string[];
  allowKey?: string[];
  envFile?: string;
  json?: boolean;
  dryRun?: boolean;
}

/** The flags by which commands that ask models are told how, and for how long and how much at most. */
export interface BoundFlags extends ProjectFlags {
  concurrency?: number;
  timeout?: number;
  maxWait?: number;
  idleTimeout?: number;
  trialTimeout?: number;
  maxTime?: number;
  maxCost?: number;
  maxTokens?: number;
  allowUnknownPrice?: boolean;
}

/** The flags of `assay eval`. */
export interface EvalFlags extends BoundFlags {
  model?: string[];
  mode?: Mode;
  refresh?: boolean;
  repeats?: Repeats;
  filter?: string[];
  resume?: boolean;
  baseline?: string;
  against?: string;
  shard?: { index: number; count: number };
  since?: string;
}

/**
 * The world with the variables of `--env-file` beneath those of the environment, which win. What a run is allowed is said on the
 * command line or in the environment; a file may be part of what is to be run.
 * @throws UserError `no-such-file`, `bad-variable`
 */
export function withEnvFile(world: World, file: string | undefined): World {
  if (file === undefined) return world;
  let text: string;
  try {
    text = readFileSync(resolve(world.cwd, file), 'utf8');
  } catch {
    throw new UserError([problems['no-such-file'](file)]);
  }
  const found = parseEnv(text);
  const allowing = Object.keys(found).filter((name) => /^ASSAY_ALLOW_/i.test(name));
  if (allowing.length > 0) throw new UserError(allowing.map((name) => problems['permission-in-file'](name, file)));
  return { ...world, env: { ...found, ...world.env } };
}

/** Flags and environment variables as the pipeline takes them. A flag wins over its variable. */
export function projectOptions(flags: ProjectFlags, world: World): EvaluateOptions {
  const { ASSAY_ALLOW_CODE, ASSAY_ALLOW_HOST, ASSAY_ALLOW_KEY } = world.env;
  return {
    cwd: world.cwd,
    allowCode: flags.allowCode ?? ASSAY_ALLOW_CODE === '1',
    allowHosts: [...(flags.allowHost ?? []), ...listed(ASSAY_ALLOW_HOST)],
    allowKeys: [...(flags.allowKey ?? []), ...listed(ASSAY_ALLOW_KEY)],
    ...(flags.config !== undefined && { config: flags.config }),
    ...(flags.out !== undefined && { out: flags.out }),
  };
}

/** The names in a variable, which commas divide. */
function listed(text = ''): string[] {
  return text.split(',').flatMap((name) => name.trim() || []);
}

/** How models are asked, and within which bounds, as the pipeline takes it. */
export function boundOptions(flags: BoundFlags, world: World): EvaluateOptions {
  return {
    ...projectOptions(flags, world),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
    ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
    ...(flags.maxWait !== undefined && { maxWaitMs: flags.maxWait }),
    ...(flags.idleTimeout !== undefined && { idleTimeoutMs: flags.idleTimeout }),
    ...(flags.trialTimeout !== undefined && { trialTimeoutMs: flags.trialTimeout }),
    ...(flags.maxTime !== undefined && { maxTimeMs: flags.maxTime }),
    ...(flags.maxCost !== undefined && { maxCostUsd: flags.maxCost }),
    ...(flags.maxTokens !== undefined && { maxTokens: flags.maxTokens }),
    ...(flags.allowUnknownPrice && { allowUnknownPrice: true }),
  };
}

/** The flags of `assay eval` as the pipeline takes them. */
export function evalOptions(paths: string[], flags: EvalFlags, world: World): EvaluateOptions {
  const { ASSAY_MODE } = world.env;
  const chosen = flags.mode ?? (ASSAY_MODE ? modeFromEnv(ASSAY_MODE) : undefined);
  return {
    ...boundOptions(flags, world),
    paths,
    models: flags.model ?? [],
    filter: flags.filter ?? [],
    refresh: flags.refresh ?? false,
    resume: flags.resume ?? false,
    ...(chosen && { mode: chosen }),
    ...(flags.repeats && { repeats: flags.repeats }),
    ...(flags.shard && { shard: flags.shard }),
    ...(flags.since !== undefined && { since: flags.since }),
    ...(flags.baseline !== undefined && { baseline: flags.baseline }),
    ...(flags.against !== undefined && { against: flags.against }),
  };
}

function modeFromEnv(text: string): Mode {
  try {
    return mode(text);
  } catch {
    throw new UserError([problems['bad-variable']('ASSAY_MODE', text, 'Use replay, record or live.')]);
  }
}
