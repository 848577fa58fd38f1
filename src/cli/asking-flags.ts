import type { Command } from 'commander';
import { dollars, duration, mode, repeats, several, tokens, wholeNumber } from './values.js';

/** The flags of commands that ask models: which, for what, and for how long and how much at most. */
export function addAskingFlags(command: Command): Command {
  return addBoundFlags(
    command
      .option('--model <provider:name>', 'run this model instead of the configured ones (repeatable)', several)
      .option('--mode <mode>', 'replay, record or live (env: ASSAY_MODE)', mode)
      .option('--repeats <n>', 'trials per case: 5, or 1..8', repeats)
      .option('--filter <pattern>', 'only cases that match a glob on prompt/case, or tag:x (repeatable)', several),
  );
}

/** The flags of commands that ask models: how, and for how long and how much at most. */
export function addBoundFlags(command: Command): Command {
  return command
    .option('--concurrency <n>', 'calls at a time', wholeNumber)
    .option(
      '--timeout <duration>',
      'for each attempt, until its whole answer is there: 500ms, 30s, 2m (default 2m)',
      duration,
    )
    .option(
      '--idle-timeout <duration>',
      'the longest silence once an answer has begun (default 60s); --timeout ends one that never begins',
      duration,
    )
    .option('--trial-timeout <duration>', 'for a trial with all its attempts, waits and judges (default 30m)', duration)
    .option('--max-wait <duration>', 'the longest wait that a provider may ask for', duration)
    .option('--max-time <duration>', 'for this process, resumed or not: then what is done is reported', duration)
    .option('--max-cost <usd>', 'most to spend, judges included (default policy.maxCostUsd)', dollars)
    .option('--max-tokens <n>', 'most tokens to use, in and out: 200000, 200k, 2M', tokens)
    .option('--allow-unknown-price', 'let calls whose price is not known count as nothing')
    .option('--env-file <file>', 'read environment variables (keys) from this file');
}
