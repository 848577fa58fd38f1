import { problems, UserError } from '../errors.js';
import { isLoopback } from '../trust/hosts.js';
import type { Problem, ProviderSettings } from '../vocabulary.js';
import { problemsOf } from './files.js';
import type { CheckContext, ProviderContext } from './provider.js';
import { badSetting, textSetting } from './settings.js';

type Asking = Pick<ProviderContext, 'name' | 'settings' | 'env'>;

/** What tells the SDKs apart when it comes to addresses and keys. */
export interface SdkDefaults {
  /** The SDK's own base URL. */
  url: string;
  urlVariable: string;
  keyVariable: string;
  /** Lines of headers, which the SDK adds by itself. */
  headersVariable: string;
}

/** The base URL in force. */
export interface BaseUrl {
  url: string;
  /** It is the SDK's own, or comes from the environment; not from a config. */
  trusted: boolean;
  /** It leads to the SDK's own host. */
  official: boolean;
}

/** What is sent as the key, and of it what must be seen nowhere. */
interface Key {
  key: string;
  secrets: string[];
}

/** The SDKs make no request without a key. */
const MADE_UP: Key = { key: 'no-key', secrets: [] };

/** The base URL from the settings, else the environment, else the SDK's own. */
export function baseUrl(context: Pick<ProviderContext, 'settings' | 'env'>, defaults: SdkDefaults): BaseUrl {
  const configured = context.settings.baseURL;
  const fromEnv = context.env[defaults.urlVariable];
  const url = typeof configured === 'string' ? configured : fromEnv || defaults.url;
  const official = URL.canParse(url) && new URL(url).origin === new URL(defaults.url).origin;
  return { url, official, trusted: official || typeof configured !== 'string' };
}

/**
 * The key to send to a base URL. A key is for the host it was made for: a host from a config gets what its `apiKeyEnv` names,
 * never the SDK's own key by itself. So does this machine, where anybody's process may listen; but a server on it needs no key.
 * @throws UserError when there is none, or none that can be sent
 */
export function apiKey(context: Asking, base: BaseUrl, defaults: SdkDefaults): Key {
  const named = textSetting(context, 'apiKeyEnv');
  const local = isLocal(base);
  const variable = named ?? (base.trusted ? defaults.keyVariable : undefined);
  if (variable === undefined) {
    if (local) return MADE_UP;
    const remedy = `Name the variable that holds the key for ${base.url}; ${defaults.keyVariable} is for the SDK's own host.`;
    throw badSetting(context, '"apiKeyEnv" is missing beside "baseURL"', remedy);
  }
  // Secrets from files often end in a line break, which no header can carry.
  const key = context.env[variable]?.trim();
  if (key) {
    if (/^[!-~]+$/.test(key)) return { key, secrets: [key] };
    throw badSetting(
      context,
      `the value of ${variable} is no key`,
      'A key has letters, digits and signs of ASCII only.',
    );
  }
  if (local) return MADE_UP;
  throw new UserError([problems['missing-key'](context.name, [variable])]);
}

/** What is wrong with the settings before a run: a setting of the wrong type, or no key though one will be needed. */
export function checkSdk(context: CheckContext, defaults: SdkDefaults): Problem[] {
  if (!context.calling) return [];
  return [...problemsOf(() => apiKey(context, baseUrl(context, defaults), defaults))];
}

/**
 * The SDKs add headers from a variable of the process by themselves, often the keys of a gateway. A host from a config does not
 * get them, this machine neither: each is set to null, which takes it out again.
 */
export function withheldHeaders(context: Asking, base: BaseUrl, defaults: SdkDefaults): Record<string, null> {
  if (base.trusted) return {};
  const lines = (context.env[defaults.headersVariable] ?? '').split('\n').filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), null]));
}

function isLocal(base: BaseUrl): boolean {
  return URL.canParse(base.url) && isLoopback(new URL(base.url));
}

/** Every variable that may hold a key of this provider: all of them are redacted. */
export function keyVariables(settings: ProviderSettings, defaults: SdkDefaults): string[] {
  const named = typeof settings.apiKeyEnv === 'string' ? [settings.apiKeyEnv] : [];
  return [...new Set([...named, defaults.keyVariable, defaults.headersVariable])];
}
