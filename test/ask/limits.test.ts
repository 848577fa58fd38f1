import { expect, test, vi } from 'vitest';
import type { Ask } from '../../src/ask/ask.js';
import { limits } from '../../src/ask/limits.js';
import { retry } from '../../src/ask/retry.js';
import type { Answer } from '../../src/vocabulary.js';
import { bad, context, describeAs, FakeClock, good, request } from './fakes.js';

/** A port that holds every call until it is let go, and knows how many are under way. */
function holding() {
  const open: { model: string; end(answer?: Answer): void }[] = [];
  const most: Record<string, number> = {};
  const ask: Ask = ({ model }) =>
    new Promise((resolve) => {
      const call = {
        model,
        end(answer = good()) {
          open.splice(open.indexOf(call), 1);
          resolve(answer);
        },
      };
      open.push(call);
      for (const name of [model, 'all']) {
        const now = name === 'all' ? open.length : open.filter((each) => each.model === name).length;
        most[name] = Math.max(most[name] ?? 0, now);
      }
    });
  return { ask, open, most };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

async function drain(port: ReturnType<typeof holding>): Promise<void> {
  for (await tick(); port.open.length > 0; await tick()) port.open[0]?.end();
}

test('never more calls at a time than allowed, per provider and over all', async () => {
  const port = holding();
  const describe = describeAs({ small: { concurrency: 2 } });
  const ask = limits({ describe, concurrency: 5, clock: new FakeClock() })(port.ask);
  const models = Array.from({ length: 60 }, (_, index) => ['small:m', 'big:m', 'other:m'][index % 3] ?? '');
  const answers = Promise.all(models.map((model) => ask(request({ model }), context())));
  await drain(port);
  expect(await answers).toHaveLength(60);
  expect(port.most).toMatchObject({ 'small:m': 2, all: 5 });
});

test('calls that went out while there was one provider count when there is a second', async () => {
  const port = holding();
  const ask = limits({ describe: describeAs(), concurrency: 4, clock: new FakeClock() })(port.ask);
  const first = Array.from({ length: 6 }, () => ask(request({ model: 'one:m' }), context()));
  await tick();
  const second = Array.from({ length: 3 }, () => ask(request({ model: 'two:m' }), context()));
  await tick();
  expect(port.open.map((each) => each.model)).toEqual(['one:m', 'one:m', 'one:m', 'one:m']);
  port.open[0]?.end();
  await tick();
  expect(port.open).toHaveLength(4);
  await drain(port);
  expect(await Promise.all([...first, ...second])).toHaveLength(9);
  expect(port.most).toMatchObject({ all: 4 });
  const third = Array.from({ length: 4 }, () => ask(request({ model: 'two:m' }), context()));
  await tick();
  expect(port.open).toHaveLength(4);
  await drain(port);
  await Promise.all(third);
});

test('a provider at its limit takes no place from another', async () => {
  const port = holding();
  const describe = describeAs({ slow: { concurrency: 1 } });
  const ask = limits({ describe, concurrency: 2, clock: new FakeClock() })(port.ask);
  const slow = Array.from({ length: 10 }, () => ask(request({ model: 'slow:m' }), context()));
  const quick = ask(request({ model: 'quick:m' }), context());
  await tick();
  expect(port.open.map((each) => each.model).toSorted()).toEqual(['quick:m', 'slow:m']);
  await drain(port);
  await Promise.all([...slow, quick]);
});

test('a retry-after pauses the whole lane, and no other one', async () => {
  const clock = new FakeClock();
  const sent: [string, number][] = [];
  let first = true;
  const port: Ask = async ({ model }) => {
    sent.push([model, clock.time]);
    if (!first) return good();
    first = false;
    return bad('rate-limited', { retry: 'rate-limited', afterMs: 1000 });
  };
  const limited = limits({ describe: describeAs(), concurrency: 1, clock })(port);
  const ask = retry({ clock })(limited);
  const asks = ['a:m', 'a:m', 'a:m', 'b:m'].map((model) => ask(request({ model }), context()));
  const answers = await clock.run(Promise.all(asks));
  expect(answers.map((each) => each.attempts)).toEqual([2, 1, 1, 1]);
  expect(sent.filter(([model]) => model === 'a:m').map(([, at]) => at)).toEqual([0, 1000, 1000, 1000]);
  expect(sent.filter(([model]) => model === 'b:m')).toEqual([['b:m', 0]]);
});

test('providers of one account share a lane, those with limits of their own do not', async () => {
  const clock = new FakeClock();
  const sent: Record<string, number> = {};
  const port: Ask = async ({ model }) => {
    sent[model] ??= clock.time;
    return model === 'a:m' && clock.time < 1000
      ? bad('rate-limited', { retry: 'rate-limited', afterMs: 1000 })
      : good();
  };
  const account = 'one server, one key';
  const describe = describeAs({
    a: { account },
    b: { account },
    own: { account, concurrency: 1 },
    else: { account: 'x' },
  });
  const ask = limits({ describe, concurrency: 1, clock })(port);
  await clock.run(Promise.all(['a:m', 'b:m', 'own:m', 'else:m'].map((model) => ask(request({ model }), context()))));
  expect(sent).toEqual({ 'a:m': 0, 'b:m': 1000, 'own:m': 0, 'else:m': 0 });
});

test('a call that waited for a place among all when its lane was paused is not sent into the pause', async () => {
  const clock = new FakeClock();
  const sent: number[] = [];
  const port: Ask = async () => {
    sent.push(clock.time);
    return sent.length === 1 ? bad('rate-limited', { retry: 'rate-limited', afterMs: 1000 }) : good();
  };
  const describe = describeAs({ openai: { concurrency: 3 } });
  const ask = limits({ describe, concurrency: 1, clock })(port);
  await clock.run(Promise.all([1, 2, 3].map(() => ask(request(), context()))));
  expect(sent).toEqual([0, 1000, 1000, 1000]);
});

test('a lane paused for a day refuses what it would have to hold, without a request', async () => {
  const clock = new FakeClock();
  const port = vi.fn<Ask>(async () => bad('rate-limited', { retry: 'rate-limited', afterMs: 86_400_000 }));
  const limited = limits({ describe: describeAs(), concurrency: 1, clock, maxWaitMs: 5000 })(port);
  const ask = retry({ clock, maxWaitMs: 5000 })(limited);
  const answers = await clock.run(Promise.all(Array.from({ length: 20 }, () => ask(request(), context()))));
  expect(answers.every((each) => !each.ok && each.failure.kind === 'rate-limited')).toBe(true);
  expect(answers[19]).toMatchObject({ attempts: 0, failure: { message: expect.stringContaining('86400 s') } });
  expect(port).toHaveBeenCalledTimes(1);
  expect(clock.time).toBe(0);
});

test('waiting for a retry holds no place', async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  let failures = 1;
  const port: Ask = async (_, { trial }) => {
    sent.push(trial.case);
    return failures-- > 0 ? bad('server', { retry: 'transient' }) : good();
  };
  const ask = retry({ clock })(limits({ describe: describeAs(), concurrency: 1, clock })(port));
  await clock.run(Promise.all(['x', 'y', 'z'].map((id) => ask(request(), context({ case: id })))));
  expect(sent).toEqual(['x', 'y', 'z', 'x']);
});

test('a waiting call that is aborted answers at once, is never sent, and blocks nobody', async () => {
  const port = holding();
  const stop = new AbortController();
  const ask = limits({ describe: describeAs(), concurrency: 1, clock: new FakeClock() })(port.ask);
  const running = ask(request({ model: 'a:running' }), context());
  const waiting = ask(request({ model: 'a:waiting' }), context({ signal: stop.signal }));
  const elsewhere = ask(request({ model: 'b:waiting' }), context({ signal: stop.signal }));
  const after = ask(request({ model: 'b:after' }), context());
  await tick();
  stop.abort();
  const gone = { ok: false, attempts: 0, failure: { kind: 'aborted' } };
  expect(await waiting).toMatchObject(gone);
  expect(await elsewhere).toMatchObject(gone);
  await drain(port);
  expect(await running).toMatchObject({ ok: true });
  expect(await after).toMatchObject({ ok: true });
  expect(Object.keys(port.most).toSorted()).toEqual(['a:running', 'all', 'b:after']);
});

test('a call that is aborted in a paused lane does not wait for its end', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const port = vi.fn<Ask>(async () => bad('rate-limited', { retry: 'rate-limited', afterMs: 1000 }));
  const ask = limits({ describe: describeAs(), concurrency: 2, clock })(port);
  void ask(request(), context());
  await tick();
  const waiting = ask(request(), context({ signal: stop.signal }));
  await tick();
  stop.abort();
  expect(await waiting).toMatchObject({ attempts: 0, failure: { kind: 'aborted' } });
  expect(clock.time).toBe(0);
});

test('judges asked by trials that have ended get their turn between trials', async () => {
  const order: string[] = [];
  const port: Ask = async (_, { purpose, trial }) => {
    order.push(`${purpose} ${trial.case}`);
    return good();
  };
  const ask = limits({ describe: describeAs(), concurrency: 2, clock: new FakeClock() })(port);
  // As a run does it: a few workers, each of which asks the judge before it takes its next trial.
  const trials = Array.from({ length: 6 }, (_, index) => `c${index}`);
  const worker = async () => {
    for (let id = trials.shift(); id !== undefined; id = trials.shift()) {
      await ask(request(), context({ case: id }));
      await ask(request(), context({ case: id, purpose: 'judge' }));
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  expect(order).toHaveLength(12);
  expect(order.indexOf('judge c0')).toBeLessThan(order.indexOf('trial c5'));
});

test('a defect gives its place back', async () => {
  const ask = limits({ describe: describeAs(), concurrency: 1, clock: new FakeClock() })(async (_, { trial }) => {
    if (trial.case === 'bad') throw new Error('defect');
    return good();
  });
  const broken = ask(request(), context({ case: 'bad' }));
  const next = ask(request(), context());
  await expect(broken).rejects.toThrow('defect');
  expect(await next).toMatchObject({ ok: true });
});

test('hundreds of calls that listen to one signal raise no warning and leave no listener', async () => {
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const stop = new AbortController();
  const added = vi.spyOn(stop.signal, 'addEventListener');
  const removed = vi.spyOn(stop.signal, 'removeEventListener');
  const ask = limits({ describe: describeAs(), concurrency: 64, clock: new FakeClock() })(async () => good());
  await Promise.all(Array.from({ length: 300 }, () => ask(request(), context({ signal: stop.signal }))));
  await tick();
  expect(warnings).not.toHaveBeenCalled();
  expect(added.mock.calls.length).toBeGreaterThan(0);
  expect(removed.mock.calls.length).toBe(added.mock.calls.length);
});
