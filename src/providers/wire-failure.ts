import type { Failure, Retry } from '../vocabulary.js';
import { ProviderError } from './provider.js';

/**
 * Trouble on the wire, thrown by the guarded fetch. Its `failure.message` tells what happened; its `message` says nothing,
 * because both SDKs take an error whose text reads like "timed out" for their own time-out and drop the cause with its code.
 */
export class WireFailure extends ProviderError {
  constructor(failure: Failure, retry: Retry) {
    super(failure, retry);
    this.name = 'WireFailure';
    this.message = 'no answer over the wire';
  }
}

/** A request that is not sent, or an answer that is not followed, for safety's sake: trying again would not help. */
export function blocked(message: string, status?: number): WireFailure {
  return new WireFailure(status === undefined ? { kind: 'blocked', message } : { kind: 'blocked', message, status }, {
    retry: 'no',
  });
}

/** An answer that began and then did not go on. */
export function silent(idleMs: number): WireFailure {
  const message = `the answer fell silent for ${idleMs / 1000} s`;
  return new WireFailure({ kind: 'timeout', message }, { retry: 'transient' });
}

/** An answer over the size limit. */
export function tooLarge(maxBytes: number): WireFailure {
  const message = `the answer is larger than ${(maxBytes / 1024 / 1024).toFixed(1)} MiB`;
  return new WireFailure({ kind: 'too-large', message }, { retry: 'no' });
}

/** A connection that could not be made or was lost; `code` as the system or the HTTP client names it. */
export function lostConnection(code: string | undefined, during: 'connecting' | 'waiting' | 'reading'): WireFailure {
  const what = { connecting: 'no connection', waiting: 'connection lost before an answer', reading: 'answer cut off' };
  const message = code === undefined ? what[during] : `${what[during]} (${code})`;
  return new WireFailure({ kind: 'network', message }, { retry: 'transient' });
}
