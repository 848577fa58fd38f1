import { FixedHeaders } from './wire-headers.js';
import { isWhole } from './wire.js';

/** A request in the making, as both SDKs' clients have it. */
interface Draft {
  method: string;
  path: string;
  body?: unknown;
  stream?: boolean | undefined;
  signal?: AbortSignal | undefined | null;
}

interface Built {
  req: { method?: string; headers: Headers; body?: unknown; signal?: AbortSignal | null };
  url: string;
  timeout: number;
}

type Target = Parameters<typeof fetch>[0];

/** The steps of both SDKs' clients that make a request of a path and a body, and send it. */
export interface Steps<Options extends Draft, Request extends Built, More extends unknown[]> {
  buildRequest(options: Options, extra?: { retryCount?: number }): Promise<Request>;
  fetchWithTimeout(url: Target, init: RequestInit | undefined, ...more: More): Promise<Response>;
}

/**
 * Has a client do once what it does for each request though it comes to the same, which takes it half of its time:
 * - Headers are put together once per path: with one key, no retries and the same options they are always the same. The body is
 *   written as the client writes it.
 * - A request for a whole answer goes out with the signal it was given. The client would put a timer and a signal of its own between,
 *   and headers of the platform's; our fetch needs none of them, and the caller has the deadline. A stream keeps them: by that
 *   signal the client ends a stream that is read no further.
 * @param client asked with paths and bodies only: neither headers nor queries of a request of its own
 * @param fetch the one that the client was made with
 */
export function takeShortcuts<Options extends Draft, Request extends Built, More extends unknown[]>(
  client: Steps<Options, Request, More>,
  fetch: (url: Target, init?: RequestInit) => Promise<Response>,
): void {
  const build = client.buildRequest.bind(client);
  const building = new Map<string, Promise<Request>>();
  const buildOnce = async (options: Options, extra: { retryCount?: number } | undefined): Promise<Request> => {
    const first = await build(options, extra);
    const headers = new FixedHeaders(first.req.headers);
    return { ...first, req: { ...first.req, headers, signal: undefined, body: undefined } };
  };
  client.buildRequest = async (options, extra) => {
    const { path, body, signal, stream } = options;
    // The first ones wait for one and the same: they go out in the order in which they came.
    let once = building.get(path);
    if (!once) {
      once = buildOnce(options, extra);
      building.set(path, once);
      // What failed is tried anew by whoever comes next.
      once.catch(() => building.delete(path));
    }
    const built = await once;
    return { ...built, req: { ...built.req, signal, body: JSON.stringify(body), whole: stream !== true } };
  };
  const send = client.fetchWithTimeout.bind(client);
  client.fetchWithTimeout = (url, init, ...more) => (isWhole(init) ? fetch(url, init) : send(url, init, ...more));
}
