import { expect, test } from 'vitest';
import { layered } from '../../src/ask/ask.js';
import { deadline } from '../../src/ask/deadline.js';
import { providerPort } from '../../src/ask/provider-port.js';
import { ready } from '../../src/ask/ready.js';
import { problems, UserError } from '../../src/errors.js';
import type { Provider } from '../../src/providers/provider.js';
import { context, describeAs, FakeClock, good, request } from './fakes.js';

const provider: Provider = { complete: async () => ({ output: 'yes', finishReason: 'stop' }) };

function portOf(get: () => Promise<Provider>, clock: FakeClock) {
  const pool = { describe: describeAs(), get, close: async () => undefined };
  return layered(providerPort(pool), [ready(pool), deadline({ timeoutMs: 1000, clock })]);
}

test('an SDK that takes long to load costs no attempt', async () => {
  const clock = new FakeClock();
  const loaded = clock.sleep(5000).then(() => provider);
  const answer = await clock.run(portOf(() => loaded, clock)(request(), context()));
  expect(answer).toMatchObject({ ok: true, attempts: 1 });
});

test('one that never loads is not waited for once the run is stopped', async () => {
  const stop = new AbortController();
  const asked = portOf(() => new Promise<Provider>(() => undefined), new FakeClock())(request(), {
    ...context(),
    signal: stop.signal,
  });
  stop.abort();
  expect(await asked).toMatchObject({ ok: false, attempts: 0, failure: { kind: 'aborted' } });
});

test('a mistake of the user is thrown on', async () => {
  const get = async () => {
    throw new UserError([problems['bad-model']('x')]);
  };
  await expect(portOf(get, new FakeClock())(request(), context())).rejects.toThrow(UserError);
});

test('who comes when it is made does not overtake those that waited', async () => {
  const order: string[] = [];
  let made: (provider: Provider) => void = () => undefined;
  const making = new Promise<Provider>((resolve) => {
    made = resolve;
  });
  const ask = ready({ get: () => making })(async (_, { trial }) => {
    order.push(trial.case);
    return good();
  });
  const asking = (id: string) => {
    const { trial, ...rest } = context();
    return ask(request(), { ...rest, trial: { ...trial, case: id }, signal: new AbortController().signal });
  };
  const asked = [asking('a'), asking('b')];
  made(provider);
  for (const id of ['c', 'd', 'e', 'f', 'g', 'h']) {
    await Promise.resolve();
    asked.push(asking(id));
  }
  await Promise.all(asked);
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
});
