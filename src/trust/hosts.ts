import { problems } from '../errors.js';
import type { Problem } from '../vocabulary.js';

/** A host named by --allow-host or ASSAY_ALLOW_HOST, in the spelling of WHATWG URLs; without a port: any port. */
export interface AllowedHost {
  hostname: string;
  port?: string;
}

/** A base URL of a provider; `trusted`: it is the SDK's own or comes from the environment, never from a config. */
export interface Address {
  url: string;
  trusted: boolean;
}

/** A name, an IPv4 or a bracketed IPv6 address, and perhaps a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}])?)(?::(\d{1,5}))?$/iu;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Reads what --allow-host and ASSAY_ALLOW_HOST may name: `host` or `host:port`, several separated by commas or blanks. An
 * address with a scheme or path, or a pattern, is a problem rather than a guess.
 */
export function allowedHosts(entries: readonly string[]): { hosts: AllowedHost[]; problems: Problem[] } {
  const hosts: AllowedHost[] = [];
  const found: Problem[] = [];
  for (const entry of entries.flatMap((each) => each.split(/[\s,]+/)).filter((each) => each !== '')) {
    const host = readHost(entry);
    if (host) hosts.push(host);
    else found.push(problems['bad-allowed-host'](entry));
  }
  return { hosts, problems: found };
}

/**
 * Whether requests may go to an address (design §7): over http or https, and to loopback, to a trusted base URL's origin, or to
 * an allowed host. Compares parsed URLs, never text, so user info, other spellings of an IP and look-alike names do not pass.
 */
export function mayReach(url: URL, trusted: readonly string[], allowed: readonly AllowedHost[]): boolean {
  const port = DEFAULT_PORTS[url.protocol] && (url.port || DEFAULT_PORTS[url.protocol]);
  if (!port) return false;
  if (isLoopback(url)) return true;
  if (trusted.some((each) => parse(each)?.origin === url.origin)) return true;
  return allowed.some((host) => host.hostname === url.hostname && (!host.port || host.port === port));
}

/**
 * Whether a URL's host is this machine: 127.0.0.0/8, ::1 or `localhost` to the letter. Parsing has turned decimal, octal and
 * short IPs into four numbers already. Names under localhost and IPv6 forms of IPv4 are not taken for it: other software may
 * see another host in them.
 */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname);
}

/** What is wrong with a provider's address: no URL, credentials inside, or a host nobody allowed. */
export function addressProblem(
  provider: string,
  address: Address,
  allowed: readonly AllowedHost[],
): Problem | undefined {
  const url = parse(address.url);
  if (!url || !DEFAULT_PORTS[url.protocol]) {
    return problems['bad-url'](provider, 'it is no http or https address');
  }
  if (url.username || url.password) {
    return problems['bad-url'](provider, 'it has a user name or password in it');
  }
  const trusted = address.trusted ? [address.url] : [];
  return mayReach(url, trusted, allowed) ? undefined : problems['host-not-allowed'](provider, url.host);
}

function readHost(text: string): AllowedHost | undefined {
  const [, name, port] = HOST.exec(text) ?? [];
  const url = name === undefined ? undefined : parse(`http://${name}/`);
  if (!url || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
  return { hostname: url.hostname, ...(port && { port: String(Number(port)) }) };
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
