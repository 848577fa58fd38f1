import { expect, test } from 'vitest';
import { layered } from '../../src/ask/ask.js';
import { circuit } from '../../src/ask/circuit.js';
import { limits } from '../../src/ask/limits.js';
import { bad, context, describeAs, FakeClock, good, request, scripted } from './fakes.js';

test.each(['auth', 'quota'] as const)('%s ends the asking of that provider, with its reason', async (kind) => {
  const port = scripted(bad(kind, { retry: 'no' }, 'the key is refused'), good());
  const ask = circuit({ describe: describeAs() })(port);
  expect(await ask(request({ model: 'a:x' }), context())).toMatchObject({ failure: { message: 'the key is refused' } });
  expect(await ask(request({ model: 'a:y' }), context())).toMatchObject({
    ok: false,
    attempts: 0,
    failure: { kind: 'unavailable', message: 'provider unavailable: the key is refused' },
  });
  expect(port.asked).toBe(1);
  expect(await ask(request({ model: 'b:x' }), context())).toMatchObject({ ok: true });
});

test.each(['server', 'rate-limited', 'bad-request', 'timeout'] as const)('%s leaves it closed', async (kind) => {
  const port = scripted(bad(kind), good());
  const ask = circuit({ describe: describeAs() })(port);
  await ask(request(), context());
  expect(await ask(request(), context())).toMatchObject({ ok: true });
});

test('standing on both sides of a queue, it lets nothing through that had waited', async () => {
  const describe = describeAs();
  const breaker = circuit({ describe });
  const port = scripted(bad('quota', { retry: 'no' }, 'no credit'));
  const ask = layered(port, [breaker, limits({ describe, concurrency: 2, clock: new FakeClock() }), breaker]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(request(), context())));
  expect(port.asked).toBeLessThanOrEqual(2);
  expect(answers[19]).toMatchObject({ failure: { kind: 'unavailable', message: 'provider unavailable: no credit' } });
});
