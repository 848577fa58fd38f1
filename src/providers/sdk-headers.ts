import { FixedHeaders } from './wire-headers.js';

/** A request in the making, as both SDKs' clients have it. */
interface Draft {
  method: string;
  path: string;
  body?: unknown;
  signal?: AbortSignal | undefined | null;
}

interface Built {
  req: { method?: string; headers: Headers; body?: unknown; signal?: AbortSignal | null };
  url: string;
  timeout: number;
}

/** The step of both SDKs' clients that makes a request of a path and a body. */
export interface Builder<Options extends Draft, Request extends Built> {
  buildRequest(options: Options, extra?: { retryCount?: number }): Promise<Request>;
}

/**
 * Has a client put together the headers of its requests once per path instead of once per request, which takes it a third of its
 * time: with one key, no retries and the same options they are always the same. The body is written as the client writes it.
 * @param client asked with paths and bodies only: neither headers nor queries of a request of its own
 */
export function buildingOnce<Options extends Draft, Request extends Built>(client: Builder<Options, Request>): void {
  const build = client.buildRequest.bind(client);
  const known = new Map<string, Request>();
  client.buildRequest = async (options, extra) => {
    const { path, body, signal } = options;
    const built = known.get(path);
    if (built) return { ...built, req: { ...built.req, signal, body: JSON.stringify(body) } };
    const first = await build(options, extra);
    const headers = new FixedHeaders(first.req.headers);
    known.set(path, { ...first, req: { ...first.req, headers, signal: undefined, body: undefined } });
    return first;
  };
}
