import { problems, UserError } from '../errors.js';
import type { Json } from '../vocabulary.js';
import type { ProviderContext } from './provider.js';

type Configured = Pick<ProviderContext, 'name' | 'settings'>;

/** The longest delay a timer can wait for, in milliseconds; Node fires a longer one at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** A mistake in a provider's settings. */
export function badSetting(context: Pick<ProviderContext, 'name'>, what: string, remedy: string): UserError {
  return new UserError([problems['bad-provider'](context.name, what, remedy)]);
}

/** A text setting, if given. @throws UserError when it is something else or empty */
export function textSetting(context: Configured, key: string): string | undefined {
  const value = context.settings[key];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw badSetting(context, `"${key}" must be a text`, `Write ${key}: followed by a text.`);
}

/** A text setting that must be given. */
export function requiredText(context: Configured, key: string, meaning: string): string {
  const value = textSetting(context, key);
  if (value === undefined) throw badSetting(context, `"${key}" is missing`, `Set ${key} to ${meaning}.`);
  return value;
}

/** A list of texts, if given. */
export function textsSetting(context: Configured, key: string): string[] | undefined {
  const value = context.settings[key];
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((each): each is string => typeof each === 'string')) return value;
  throw badSetting(context, `"${key}" must be a list of texts`, `Write ${key}: [first, second].`);
}

/** A duration (`500ms`, `5s`, `2m`) or a number of milliseconds, if given. @returns milliseconds, above 0 */
export function durationSetting(context: Configured, key: string): number | undefined {
  const value = context.settings[key];
  if (value === undefined) return undefined;
  const ms = milliseconds(value);
  if (ms > 0 && ms <= LONGEST_MS) return ms;
  throw badSetting(context, `"${key}" is no duration`, `Write ${key}: 500ms, 5s or 2m.`);
}

function milliseconds(value: Json): number {
  if (typeof value === 'number') return value;
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(typeof value === 'string' ? value : '') ?? [];
  return Number(number) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000);
}
