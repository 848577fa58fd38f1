import { afterEach, describe, expect, test } from 'vitest';
import type { Provider, ProviderRequest } from '../../src/providers/provider.js';
import type { Completion } from '../../src/vocabulary.js';
import { failureOf, requestFor } from './support.js';

/** What counts as prompt: next to nothing, with room for a busy machine. */
const PROMPTLY_MS = 300;

/** A provider under test with what it can be asked. */
export interface Subject {
  provider: Provider;
  /** A request that is answered with a text that has the marker in it. */
  ask(marker: string): ProviderRequest;
  /** A request that is never answered; absent where answers are there at once. */
  endless?: ProviderRequest;
  /** Requests that cannot be answered, by name. */
  troubles?: Record<string, ProviderRequest>;
  /** A request for vectors, and those it must bring. */
  vectors?: { request: ProviderRequest; expected: number[][] };
  /** What no message may hold: keys in use. */
  secrets?: string[];
  /** Ends what the test itself started, and the fetch it made. */
  dispose?(): Promise<void>;
}

/** A request with one user message. */
export function saying(text: string, part: Partial<ProviderRequest> = {}): ProviderRequest {
  return requestFor({ messages: [{ role: 'user', content: text }], name: 'test-model', ...part });
}

/** A call that nobody aborts. */
export function patient(): { signal: AbortSignal } {
  return { signal: new AbortController().signal };
}

/**
 * What every provider owes to those who call it, whatever it does inside. Runs as a suite of tests.
 * @param make starts one from nothing; called for each test
 */
export function providerConformance(name: string, make: () => Promise<Subject>): void {
  describe(`${name} keeps a provider's promises`, () => {
    const opened: Subject[] = [];
    const started = async (): Promise<Subject> => {
      const subject = await make();
      opened.push(subject);
      return subject;
    };
    afterEach(async () => {
      for (const subject of opened.splice(0)) await close(subject);
    });

    test('answers with a completion that is plain data', async () => {
      const { provider, ask } = await started();
      const completion = await provider.complete(ask('one-marker'), patient());
      expect(completion.output).toContain('one-marker');
      expectPlain(completion);
    });

    test('does not mix answers of calls that run together', async () => {
      const { provider, ask } = await started();
      const markers = Array.from({ length: 16 }, (_, index) => `marker-${index}-`);
      const answers = await Promise.all(markers.map((marker) => provider.complete(ask(marker), patient())));
      expect(answers.map(({ output }) => markers.find((marker) => output.includes(marker)))).toEqual(markers);
    });

    test('gives up at once when its signal is spent', async () => {
      const { provider, ask } = await started();
      const start = performance.now();
      const { failure, retry } = await failureOf(provider.complete(ask('never'), { signal: AbortSignal.abort() }));
      expect(performance.now() - start).toBeLessThan(PROMPTLY_MS);
      expect(failure.kind).toBe('aborted');
      expect(retry).toEqual({ retry: 'no' });
    });

    test('gives up promptly when its signal is aborted', async (context) => {
      const { provider, endless } = await started();
      if (endless === undefined) {
        context.skip('its answers are there at once');
        return;
      }
      const controller = new AbortController();
      const running = failureOf(provider.complete(endless, { signal: controller.signal }));
      await new Promise((resolve) => setTimeout(resolve, 60));
      const aborted = performance.now();
      controller.abort();
      expect((await running).failure.kind).toBe('aborted');
      expect(performance.now() - aborted).toBeLessThan(PROMPTLY_MS);
    });

    test('rejects with a ProviderError whose message is safe, and never resolves with nonsense', async () => {
      const { provider, troubles = {}, secrets = [] } = await started();
      for (const [trouble, request] of Object.entries(troubles)) {
        const found = await failureOf(provider.complete(request, patient()));
        expect({ trouble, ...found }).toEqual({
          trouble,
          failure: expect.objectContaining({ message: expect.stringMatching(/^[^\u0000-\u001f\u007f]{3,1000}$/) }),
          retry: expect.objectContaining({ retry: expect.stringMatching(/^(no|transient|rate-limited)$/) }),
        });
        expect(JSON.parse(JSON.stringify(found))).toEqual(found);
        for (const secret of secrets) expect(JSON.stringify(found)).not.toContain(secret);
      }
    });

    test('is as good as new after trouble', async () => {
      const { provider, ask, troubles = {} } = await started();
      for (const request of Object.values(troubles)) await failureOf(provider.complete(request, patient()));
      expect((await provider.complete(ask('after'), patient())).output).toContain('after');
    });

    test('gives one vector for each text, in order', async (context) => {
      const { provider, vectors } = await started();
      if (vectors === undefined) {
        context.skip('it has no embeddings');
        return;
      }
      const completion = await provider.embed?.(vectors.request, patient());
      expect(completion?.embeddings).toEqual(vectors.expected);
    });

    test('lets go of sockets and processes when closed', async () => {
      const before = held();
      const subject = await make();
      await subject.provider.complete(subject.ask('x'), patient());
      if (subject.endless) {
        const controller = new AbortController();
        const running = failureOf(subject.provider.complete(subject.endless, { signal: controller.signal }));
        setTimeout(() => controller.abort(), 20);
        await running;
      }
      await close(subject);
      await expect.poll(held, { timeout: 5000 }).toBeLessThanOrEqual(before);
    });
  });
}

async function close(subject: Subject): Promise<void> {
  await subject.provider.close?.();
  await subject.dispose?.();
}

const HOLDING: ReadonlySet<string> = new Set(['TCPSocketWrap', 'TLSWrap', 'ProcessWrap', 'PipeWrap', 'TCPServerWrap']);

/** Things that would keep the process alive: sockets, pipes and children. */
function held(): number {
  return process.getActiveResourcesInfo().filter((kind) => HOLDING.has(kind)).length;
}

/** No undefined members, NaN, class instances or sentinels: what is not known is not there. */
function expectPlain(completion: Completion): void {
  expect(JSON.parse(JSON.stringify(completion))).toEqual(completion);
  expect(Object.values(completion)).not.toContain(undefined);
  const { latencyMs, firstTokenMs, costUsd, usage } = completion;
  for (const number of [latencyMs, firstTokenMs, costUsd, ...Object.values(usage ?? {})]) {
    expect(number ?? 0).toBeGreaterThanOrEqual(0);
  }
  for (const count of Object.values(usage ?? {})) expect(Number.isInteger(count)).toBe(true);
  expect(['stop', 'length', 'tool-calls', 'content-filter', 'refusal', 'other']).toContain(completion.finishReason);
}
