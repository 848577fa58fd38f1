import { describe, expect, test } from 'vitest';
import type { Answer, Failure, FailureKind } from '../../src/vocabulary.js';
import { type Ask, layered } from '../../src/ask/ask.js';
import { circuit } from '../../src/ask/circuit.js';
import { limits } from '../../src/ask/limits.js';
import { bad, context, describeAs, FakeClock, good, request, scripted } from './fakes.js';

test.each(['auth', 'quota'] as const)('%s ends the asking of that provider, with its reason', async (kind) => {
  const port = scripted(bad(kind, { retry: 'no' }, 'the key is refused'), good());
  const ask = circuit({ describe: describeAs() }).outer(port);
  expect(await ask(request({ model: 'a:x' }), context())).toMatchObject({ failure: { message: 'the key is refused' } });
  expect(await ask(request({ model: 'a:y' }), context())).toMatchObject({
    ok: false,
    attempts: 0,
    failure: { kind: 'unavailable', message: 'provider unavailable: the key is refused' },
  });
  expect(port.asked).toBe(1);
  expect(await ask(request({ model: 'b:x' }), context())).toMatchObject({ ok: true });
});

function refused(failure: Failure): Answer {
  return { ok: false, failure, attempts: 1, retry: { retry: 'no' } };
}

test.each(['auth', 'not-found'] as const)('%s with status 403 ends the asking of that model alone', async (kind) => {
  const denied = refused({ kind, message: 'no access to x', status: 403 });
  const port = scripted(denied, good());
  const breaker = circuit({ describe: describeAs() });
  const ask = layered(port, [breaker.outer, breaker.inner]);
  expect(await ask(request({ model: 'a:x' }), context())).toMatchObject({ failure: { kind } });
  expect(await ask(request({ model: 'a:x' }), context())).toMatchObject({
    ok: false,
    attempts: 0,
    failure: { kind: 'unavailable', message: 'model unavailable: no access to x' },
  });
  expect(port.asked).toBe(1);
  const judging = context({ purpose: 'judge' });
  expect(await ask(request({ model: 'a:y' }), judging)).toMatchObject({ ok: true });
});

test('a trial is not asked while a model that is to grade it is given up, whatever else may be asked', async () => {
  const port = scripted(bad('auth', { retry: 'no' }, 'no such key'), good());
  const breaker = circuit({ describe: describeAs() });
  const ask = breaker.outer(port);
  const trial = context({ graders: () => ['c:judge', 'b:judge'] });
  expect(await ask(request({ model: 'b:judge' }), context({ purpose: 'judge' }))).toMatchObject({ ok: false });
  expect(await ask(request({ model: 'a:x' }), trial)).toMatchObject({
    attempts: 0,
    failure: {
      kind: 'unavailable',
      message: 'not asked, since b:judge cannot grade the answer: provider unavailable: no such key',
    },
  });
  expect(port.asked).toBe(1);
  expect(await ask(request({ model: 'a:x' }), context({ graders: () => ['c:judge'] }))).toMatchObject({ ok: true });
});

test('a provider that its queue has given up is known as such; one that denies a model is not', async () => {
  const gone = { kind: 'unavailable', message: 'provider unavailable: it refused everything' } as const;
  const port = scripted({ ok: false, failure: gone, attempts: 0 }, good());
  const ask = circuit({ describe: describeAs() }).outer(port);
  await ask(request({ model: 'b:judge' }), context({ purpose: 'judge' }));
  expect(await ask(request({ model: 'a:x' }), context({ graders: () => ['b:judge'] }))).toMatchObject({
    failure: {
      message: 'not asked, since b:judge cannot grade the answer: provider unavailable: it refused everything',
    },
  });
  expect(port.asked).toBe(1);

  const denied = refused({ kind: 'auth', message: 'no access', status: 403 });
  const other = scripted(denied, denied, good());
  const breaker = circuit({ describe: describeAs() });
  const both = layered(other, [breaker.outer, breaker.inner]);
  await Promise.all([1, 2, 3].map(() => both(request({ model: 'a:x' }), context())));
  await both(request({ model: 'a:x' }), context());
  expect(await both(request({ model: 'a:y' }), context())).toMatchObject({ ok: true });
});

test('a key that has no quota ends the asking of the provider with status 403, too', async () => {
  const port = scripted(refused({ kind: 'quota', message: 'no credit', status: 403 }), good());
  const ask = circuit({ describe: describeAs() }).outer(port);
  await ask(request({ model: 'a:x' }), context());
  expect(await ask(request({ model: 'a:y' }), context())).toMatchObject({ failure: { kind: 'unavailable' } });
});

test.each(['server', 'rate-limited', 'bad-request', 'not-found', 'timeout'] as const)(
  '%s leaves it closed',
  async (kind) => {
    const port = scripted(bad(kind), good());
    const ask = circuit({ describe: describeAs() }).outer(port);
    await ask(request(), context());
    expect(await ask(request(), context())).toMatchObject({ ok: true });
  },
);

test('in its two places around a queue, it lets nothing through that had waited', async () => {
  const known = { describe: describeAs() };
  const breaker = circuit(known);
  const port = scripted(bad('quota', { retry: 'no' }, 'no credit'));
  const ask = layered(port, [
    breaker.outer,
    limits({ ...known, concurrency: 2, clock: new FakeClock() }),
    breaker.inner,
  ]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(request(), context())));
  expect(port.asked).toBeLessThanOrEqual(2);
  expect(answers[19]).toMatchObject({ failure: { kind: 'unavailable', message: 'provider unavailable: no credit' } });
});

/** Asks questions in turn; a number is how many are under way together. */
async function waves(ask: Ask, sizes: readonly number[]): Promise<Answer[]> {
  const last: Answer[] = [];
  for (const size of sizes)
    last.push(...(await Promise.all(Array.from({ length: size }, () => ask(request(), context())))));
  return last;
}

describe('a provider that is down', () => {
  const kinds = (answers: readonly Answer[]) => answers.map((each) => (each.ok ? 'ok' : each.failure.kind));

  test.each<FailureKind>(['network', 'timeout', 'server'])(
    'is asked three times after each other: %s',
    async (kind) => {
      const port = scripted(bad(kind, { retry: 'no' }, 'nobody there'));
      const answers = await waves(circuit({ describe: describeAs() }).outer(port), [1, 1, 1, 1, 1]);
      expect(kinds(answers)).toEqual([kind, kind, kind, 'unavailable', 'unavailable']);
      expect(answers[4]).toMatchObject({
        attempts: 0,
        failure: {
          message:
            'provider unavailable: 3 questions in a row came to nothing, each in all its tries; at last: nobody there',
        },
      });
      expect(port.asked).toBe(3);
    },
  );

  test('is not known by what is lost together: a short outage ends no run', async () => {
    const port = scripted(bad('network'));
    const answers = await waves(circuit({ describe: describeAs() }).outer(port), [16, 16, 16, 1]);
    expect(port.asked).toBe(48);
    expect(kinds(answers).at(-1)).toBe('unavailable');
  });

  test.each<[string, Answer]>([
    ['answers', good()],
    ['refuses the question', bad('bad-request')],
    ['asks for patience', bad('rate-limited')],
  ])('is not one that %s between them', async (_what, between) => {
    const lost = bad('network');
    const port = scripted(lost, lost, between, lost, lost, between, lost, good());
    const answers = await waves(circuit({ describe: describeAs() }).outer(port), [1, 1, 1, 1, 1, 1, 1, 1]);
    expect(answers[7]?.ok).toBe(true);
  });

  test('is not known by questions that were ended or never sent', async () => {
    const port = scripted(bad('network'), bad('network'), { ...bad('timeout'), attempts: 0 }, bad('aborted'), good());
    const answers = await waves(circuit({ describe: describeAs() }).outer(port), [1, 1, 1, 1, 1]);
    expect(answers[4]?.ok).toBe(true);
  });
});
