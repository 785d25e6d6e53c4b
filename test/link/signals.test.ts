import { setImmediate as turnEnd } from 'node:timers/promises';
import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { Op, Scope } from '../../lib/link/protocol.js';
import { linkPair } from '../helpers/link-pair.js';
import { until, untilCollected } from '../helpers/until.js';

function whenAborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true }),
  );
}

test('a signal that is aborted later is aborted on the other side, with its reason', async () => {
  const started = { yes: false };
  const { call } = linkPair({
    wait: (signal: AbortSignal) => {
      started.yes = true;
      return whenAborted(signal);
    },
  });
  const controller = new AbortController();
  const waiting = call('wait', controller.signal);
  await until(() => started.yes);
  controller.abort({ order: 'retreat' });
  expect(await waiting).toEqual({ order: 'retreat' });
});

test('a signal that is already aborted arrives aborted', async () => {
  const { call } = linkPair({ look: (signal: AbortSignal) => [signal.aborted, signal.reason] });
  expect(await call('look', AbortSignal.abort('too late'))).toEqual([true, 'too late']);
});

test('the default reason stays a DOMException', async () => {
  const { call } = linkPair({ look: (signal: AbortSignal) => signal.reason as unknown });
  const reason = await call('look', AbortSignal.abort());
  expect(reason).toBeInstanceOf(DOMException);
  expect(reason).toMatchObject({ name: 'AbortError' });
});

test('many calls with one long-lived signal leave no listener behind', async () => {
  const { call } = linkPair({ salute: async () => 'Hail', refuse: () => expect.fail('no') });
  const { signal } = new AbortController();
  const calls = Array.from({ length: 500 }, (_, index) =>
    call(index % 2 ? 'salute' : 'refuse', signal).catch(() => {}),
  );
  await Promise.all(calls);
  await until(() => getEventListeners(signal, 'abort').length === 0);
});

test('a call that is refused for another argument leaves no listener on its signal', async () => {
  const { call } = linkPair({ salute: () => 'Hail' });
  const { signal } = new AbortController();
  await expect(call('salute', signal, Symbol('oath'))).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a signal whose caller is gone is aborted', async () => {
  let received: AbortSignal | undefined;
  const { call, far } = linkPair({
    wait: (signal: AbortSignal) => {
      received = signal;
      return new Promise(() => {});
    },
  });
  void call('wait', new AbortController().signal).catch(() => {});
  await until(() => received !== undefined);
  far.close(new Error('gone'));
  await until(() => received?.aborted === true);
});

test('a signal that many calls share gives them up in one frame', async () => {
  const { near, farPort, call } = linkPair({ wait: () => new Promise(() => {}), look: () => 'ok' });
  const frames: unknown[][] = [];
  farPort.on('message', (frame: unknown[]) => frames.push(frame));
  const cause = new Error('enough');
  const giveUp = (name: string): LiveswapError =>
    new LiveswapError('CALL_ABORTED', `Gave up on ${name}.`, { call: name, cause });
  const ids = Array.from({ length: 25 }, () =>
    near.send(Scope.live, 'wait', [], [], { resolve: () => {}, reject: () => {} }),
  );
  // A call that still waits to be sent would never begin.
  await turnEnd();
  for (const id of ids) near.abort(id, giveUp(id <= 15 ? 'first' : 'second'));
  expect(await call('look')).toBe('ok');
  const aborts = frames.filter(([op]) => op === Op.abort);
  expect(aborts.map(([, aborted]) => (aborted as number[]).length)).toEqual([15, 10]);
});

test('a signal in a result is followed although nobody keeps it, in whatever way its abortion is waited for', async () => {
  const controller = new AbortController();
  const { call } = linkPair({ begin: () => ({ signal: controller.signal }) });
  const begin = async (): Promise<AbortSignal> => ((await call('begin')) as { signal: AbortSignal }).signal;
  const waiting = [
    begin().then(whenAborted),
    begin().then((signal) => whenAborted(AbortSignal.any([signal, new AbortController().signal]))),
  ];
  await call('begin');
  await collectTwice();
  controller.abort('retreat');
  expect(await Promise.all(waiting)).toEqual(['retreat', 'retreat']);
});

test('a signal that is given in many results is one signal, and is let go with its source', async () => {
  let source: AbortController | undefined = new AbortController();
  const { call } = linkPair({ begin: () => source?.signal });
  const received = await Promise.all([call('begin'), call('begin'), call('begin')]);
  expect(new Set(received).size).toBe(1);
  let isCollected = false;
  const registry = new FinalizationRegistry(() => (isCollected = true));
  registry.register(received.splice(0)[0] as AbortSignal, undefined);
  source = undefined;
  await untilCollected(() => isCollected);
});

test('a signal in a result whose giver is gone is aborted', async () => {
  const { signal } = new AbortController();
  const { call, near } = linkPair({ begin: () => signal });
  const received = (await call('begin')) as AbortSignal;
  near.close(new Error('gone'));
  await until(() => received.aborted);
  expect(received.reason).toMatchObject({ message: 'gone' });
});

test('the signal of a request is followed although its caller does not keep the request', async () => {
  let begun = false;
  const { call } = linkPair({
    wait: (request: Request) => {
      begun = true;
      return whenAborted(request.signal);
    },
  });
  const controller = new AbortController();
  const waiting = call('wait', new Request('http://localhost', { signal: controller.signal }));
  await until(() => begun);
  await collectTwice();
  controller.abort('retreat');
  expect(await waiting).toBe('retreat');
});

/** Resolves when everything that nobody keeps has been collected, and then everything that only that garbage kept. */
async function collectTwice(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    let isCollected = false;
    const registry = new FinalizationRegistry(() => (isCollected = true));
    registry.register(Object.create(null) as object, undefined);
    await untilCollected(() => isCollected);
  }
}

test.each<[string, () => unknown, unknown]>([
  ['is a promise that never settles', () => new Promise(() => {}), expect.anything()],
  ['is a Proxy that was revoked', revoked, expect.anything()],
  ['would be taken for a promise', () => ({ then: () => expect.unreachable() }), {}],
])('a signal is aborted on the other side although the reason %s', async (_what, reasonOf, arrived) => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const started = { yes: false };
  const { call } = linkPair({
    wait: async (signal: AbortSignal) => {
      started.yes = true;
      return { reason: await whenAborted(signal) };
    },
    look: (signal: AbortSignal) => signal.aborted,
  });
  const controller = new AbortController();
  const waiting = call('wait', controller.signal);
  const answered = call('look', controller.signal);
  await until(() => started.yes);
  await answered;
  controller.abort(reasonOf());
  expect(await waiting).toEqual({ reason: arrived });
  await turnEnd();
  expect(unhandled).toEqual([]);
});

test('a Proxy as the reason of a signal that no call waits for does no harm', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const { call } = linkPair({ look: (signal: AbortSignal) => signal.aborted });
  const controller = new AbortController();
  const looking = call('look', controller.signal);
  controller.abort(revoked());
  await looking;
  await turnEnd();
  expect(unhandled).toEqual([]);
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
