import { setImmediate as turnEnd } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MANY } from '../../lib/link/outbox.js';
import { Op, Scope } from '../../lib/link/protocol.js';
import { linkPair, type LinkPair } from '../helpers/link-pair.js';
import { until } from '../helpers/until.js';

/** Number of calls of which most share messages. */
const LOTS = 3 * MANY;

/** Returns the messages that arrive at the far end: the operation of each, and for a batch its number of frames. */
function messagesOf({ farPort }: LinkPair): unknown[][] {
  const messages: unknown[][] = [];
  farPort.on('message', (message: unknown[]) => messages.push(message));
  return messages;
}

function callMany(
  pair: LinkPair,
  count: number,
  name: string,
  argsOf: (n: number) => unknown[],
): Promise<unknown[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => pair.call(name, ...argsOf(n))));
}

/** Stops the clock, so that nothing is sent before the end of a turn. */
function stopClock(): void {
  const stopped = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => {
    stopped.mockRestore();
  });
}

test('one call is sent at once; many of one turn share a message, and so do their answers', async () => {
  const pair = linkPair({ echo: (value: unknown) => value });
  const messages = messagesOf(pair);
  const answers: unknown[][] = [];
  pair.nearPort.on('message', (message: unknown[]) => answers.push(message));
  await pair.call('echo', 1);
  expect(messages.map(([op]) => op)).toEqual([Op.call]);
  const values = Array.from({ length: LOTS }, (_, n) => n);
  expect(await callMany(pair, LOTS, 'echo', (n) => [n])).toEqual(values);
  expect(messages.length).toBeLessThan(LOTS / 2);
  expect(answers.length).toBeLessThan(LOTS / 2);
});

test('the last answers to many calls share a message as well; those to a few calls afterwards do not', async () => {
  stopClock();
  const pair = linkPair({ echo: async (value: unknown) => value });
  // A spy is needed, because a listener would miss the answers that are read together.
  const sent = vi.spyOn(pair.farPort, 'postMessage');
  const operations = (): unknown[] => sent.mock.calls.map(([message]) => (message as unknown[])[0]);
  await callMany(pair, LOTS, 'echo', (n) => [n]);
  expect(operations().at(-1)).toBe(Op.batch);
  for (let round = 0; round < 3; round++) await callMany(pair, 3, 'echo', (n) => [n]);
  expect(operations().slice(-6)).toEqual(Array.from({ length: 6 }, () => Op.result));
});

test('calls that came together are answered together, and at once when the last of them has ended', async () => {
  stopClock();
  const ends: (() => void)[] = [];
  const pair = linkPair({ wait: () => new Promise<void>((resolve) => ends.push(resolve)) });
  const sent = vi.spyOn(pair.farPort, 'postMessage');
  const operations = (): unknown[] => sent.mock.calls.map(([message]) => (message as unknown[])[0]);
  const calls = await new Promise<Promise<unknown>[]>((resolve) => {
    setTimeout(() => resolve([1, 2, 3].map(() => pair.call('wait'))), 0);
  });
  await until(() => ends.length === 3);
  for (const end of ends) end();
  await Promise.all(calls);
  expect(operations()).toEqual([Op.batch]);
});

test('arguments are what they were when the call was made', async () => {
  const pair = linkPair({ echo: (value: unknown) => value });
  const order = { count: 0, tags: ['a'], at: { x: 0 } };
  const calls = Array.from({ length: LOTS }, (_, n) => {
    order.count = n;
    order.tags[0] = `tag ${n}`;
    order.at.x = -n;
    return pair.call('echo', order);
  });
  order.count = -1;
  const expected = Array.from({ length: LOTS }, (_, n) => ({ count: n, tags: [`tag ${n}`], at: { x: -n } }));
  expect(await Promise.all(calls)).toEqual(expected);
});

test('results are what they were when the call was answered, and no two calls share one', async () => {
  const board = { turn: 0 };
  const pair = linkPair({
    next: () => {
      board.turn++;
      return board;
    },
  });
  const results = (await callMany(pair, LOTS, 'next', () => [])) as { turn: number }[];
  expect(results.map(({ turn }) => turn)).toEqual(Array.from({ length: LOTS }, (_, n) => n + 1));
  expect(new Set(results).size).toBe(LOTS);
});

test('calls begin in the order they were made, whatever they carry', async () => {
  const begun: number[] = [];
  const pair = linkPair({ begin: (n: number) => void begun.push(n) });
  const rows = Array.from({ length: 50 }, (_, id) => ({ id }));
  await callMany(pair, LOTS, 'begin', (n) => (n % 7 === 0 ? [n, rows] : n % 11 === 0 ? [n, () => n] : [n]));
  expect(begun).toEqual(Array.from({ length: LOTS }, (_, n) => n));
});

test.each<[string, (n: number) => unknown, (arrived: never) => unknown, (n: number) => unknown]>([
  [
    'a getter',
    (n) => ({
      get n() {
        return n;
      },
    }),
    ({ n }: { n: number }) => n,
    (n) => n,
  ],
  [
    'an instance',
    (n) =>
      new (class Knight {
        n = n;
      })(),
    (one: object) => Object.getPrototypeOf(one) === Object.prototype,
    () => true,
  ],
  [
    'a cycle',
    (n) => {
      const loop: Record<string, unknown> = { n };
      loop['self'] = loop;
      return loop;
    },
    (one: { self: unknown }) => one.self === one,
    () => true,
  ],
  [
    'one value twice',
    (n) => {
      const one = { n };
      return [one, one];
    },
    ([a, b]: unknown[]) => a === b,
    () => true,
  ],
  ['a sparse list', () => Object.assign([], { 1: 1 }), (list: unknown[]) => 0 in list, () => false],
  [
    'a key __proto__',
    (n) => JSON.parse(`{"__proto__":{"n":${n}}}`) as unknown,
    (one: object) => Object.hasOwn(one, '__proto__'),
    () => true,
  ],
  ['a toJSON', (n) => ({ n, toJSON: 1 }), (one: object) => Object.keys(one).join(), () => 'n,toJSON'],
  [
    'another form for each',
    (n) => ({ [`key ${n % 12}`]: [n], tags: Array.from({ length: n % 3 }, () => 'a') }),
    (one: object) => JSON.stringify(one),
    (n) => JSON.stringify({ [`key ${n % 12}`]: [n], tags: Array.from({ length: n % 3 }, () => 'a') }),
  ],
  [
    'numbers that JSON does not know',
    (n) => [NaN, -0, 1n, n],
    (list: unknown[]) => list.map((one) => Object.is(one, -0) || `${one as number}`),
    (n) => ['NaN', true, '1', `${n}`],
  ],
  ['a date', (n) => new Date(n), (at: Date) => at.getTime(), (n) => n],
  ['nothing', () => undefined, (value: unknown) => value, () => undefined],
])('as structured clone would see it: %s', async (_what, valueOf, look, expected) => {
  const pair = linkPair({ look });
  const seen = await callMany(pair, LOTS, 'look', (n) => [valueOf(n)]);
  expect(seen).toEqual(Array.from({ length: LOTS }, (_, n) => expected(n)));
});

test('what can be pulled is pulled, whatever fields it has', async () => {
  const pair = linkPair({
    last: async (steps: AsyncIterable<number>) => {
      let last = -1;
      for await (const step of steps) last = step;
      return last;
    },
  });
  const stepsTo = (n: number): AsyncIterable<number> & { length: number } => ({
    async *[Symbol.asyncIterator]() {
      yield n;
    },
    length: 1,
  });
  expect(await callMany(pair, LOTS, 'last', (n) => [stepsTo(n)])).toEqual(
    Array.from({ length: LOTS }, (_, n) => n),
  );
});

test('a getter that calls while its call is made loses none', async () => {
  const pair = linkPair({ echo: (value: unknown) => value });
  const asked: Promise<unknown>[] = [];
  const rows = Array.from({ length: 50 }, (_, id) => ({ id }));
  const calls = callMany(pair, LOTS, 'echo', (n) => [
    {
      before: n,
      get asked() {
        asked.push(pair.call('echo', n % 2 === 0 ? n : rows));
        return n;
      },
    },
  ]);
  expect(await calls).toEqual(Array.from({ length: LOTS }, (_, n) => ({ before: n, asked: n })));
  expect(await Promise.all(asked)).toHaveLength(asked.length);
});

test('an argument that cannot be cloned fails its own call, and no other one', async () => {
  const pair = linkPair({ echo: (value: unknown) => value, symbol: () => Symbol('oath') });
  const outcomes = await Promise.allSettled(
    Array.from({ length: LOTS }, (_, n) =>
      n % 3 === 0
        ? pair.call('echo', n)
        : n % 3 === 1
          ? pair.call('echo', new Proxy({}, {}))
          : pair.call('symbol'),
    ),
  );
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(
    Array.from({ length: LOTS }, (_, n) => n % 3 === 0),
  );
});

test('a call that is aborted while it waits is never begun', async () => {
  const begun: number[] = [];
  const pair = linkPair({ begin: (n: number) => void begun.push(n) });
  const settled: number[] = [];
  stopClock();
  const ids = Array.from({ length: LOTS }, (_, n) =>
    pair.near.send(Scope.live, 'begin', [n], [], {
      resolve: () => settled.push(n),
      reject: () => settled.push(-n),
    }),
  );
  pair.near.abort(ids[LOTS - 1] as number, new Error('enough'));
  await until(() => settled.length === LOTS);
  expect(settled).toContain(1 - LOTS);
  expect(begun).not.toContain(LOTS - 1);
  expect(begun).toHaveLength(LOTS - 1);
});

test('nor is one that has arrived, and waits for those before it', async () => {
  const begun: number[] = [];
  const pair = linkPair({
    begin: (n: number) => {
      begun.push(n);
      for (const until = performance.now() + 1; performance.now() < until;);
    },
  });
  const failed: number[] = [];
  const ids = Array.from({ length: LOTS }, (_, n) =>
    pair.near.send(Scope.live, 'begin', [n], [], { resolve: () => {}, reject: () => failed.push(n) }),
  );
  await until(() => begun.length > 0);
  pair.near.abort(ids[LOTS - 1] as number, new Error('enough'));
  await until(() => pair.near.pending === 0);
  expect(failed).toEqual([LOTS - 1]);
  expect(begun).not.toContain(LOTS - 1);
});

test('a first answer does not wait for the calls behind it that compute, nor do timers', async () => {
  let begun = 0;
  let turns = 0;
  const pair = linkPair({
    compute: () => {
      begun++;
      for (const until = performance.now() + 1; performance.now() < until;);
    },
  });
  const begunAtAnswer: number[] = [];
  const calls = Array.from({ length: LOTS }, () =>
    pair.call('compute').then(() => begunAtAnswer.push(begun)),
  );
  const count = async (): Promise<void> => {
    for (; begun < LOTS; turns++) await turnEnd();
  };
  await Promise.all([...calls, count()]);
  expect(Math.min(...begunAtAnswer)).toBeLessThan(LOTS / 2);
  expect(turns).toBeGreaterThan(10);
});

test('a link that closes rejects what waits, and sends none of it', async () => {
  const begun: unknown[] = [];
  const pair = linkPair({ begin: (n: number) => void begun.push(n) });
  stopClock();
  const calls = callMany(pair, LOTS, 'begin', (n) => [n]);
  pair.near.close(new Error('gone'));
  await expect(calls).rejects.toThrow('gone');
  await turnEnd();
  expect(begun.length).toBeLessThanOrEqual(MANY);
});

test('one that is interrupted rejects what waits, and none of it begins', async () => {
  const begun: number[] = [];
  const pair = linkPair({ begin: (n: number) => void begun.push(n), last: () => 'here' });
  stopClock();
  const outcomes = Promise.allSettled(Array.from({ length: LOTS }, (_, n) => pair.call('begin', n)));
  pair.near.interrupt(new Error('enough'));
  expect((await outcomes).every(({ status }) => status === 'rejected')).toBe(true);
  expect(await pair.call('last')).toBe('here');
  expect(begun.length).toBeLessThanOrEqual(MANY);
});

test('fake timers do not stop it', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const pair = linkPair({ echo: (value: unknown) => value });
  expect(await callMany(pair, LOTS, 'echo', (n) => [n])).toHaveLength(LOTS);
});

test('call-backs, streams and signals go on as they do, among many', async () => {
  const pair = linkPair({
    echo: (value: unknown) => value,
    ask: (back: () => Promise<unknown>) => back(),
    read: async (stream: ReadableStream) => (await stream.getReader().read()).value as unknown,
  });
  const calls = Array.from({ length: LOTS }, (_, n) => {
    if (n % 3 === 0) return pair.call('echo', n);
    return n % 3 === 1 ? pair.call('ask', () => n) : pair.call('read', ReadableStream.from([n]));
  });
  expect(await Promise.all(calls)).toEqual(Array.from({ length: LOTS }, (_, n) => n));
});
