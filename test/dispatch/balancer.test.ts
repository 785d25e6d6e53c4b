import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { Call, type CopyArguments } from '../../lib/dispatch/call.js';
import { Balancer } from '../../lib/dispatch/balancer.js';
import { RecordingTransport } from '../helpers/recording-transport.js';

const unbounded = {
  plugin: 'guardian',
  concurrency: Infinity,
  maxQueued: 10,
  copyArguments: structuredClone as CopyArguments,
};

function balancerOf(limits: { concurrency?: number; maxQueued?: number } = {}): Balancer {
  return new Balancer({ ...unbounded, ...limits });
}

function dispatch(
  balancer: Balancer,
  name: string,
  { retries = 0, pinned = false, nested = false, args = [] as unknown[] } = {},
): Call {
  const call = new Call({ scope: 0, name, args, nested }, retries, pinned);
  // A call that a test ignores may reject when the test ends.
  call.promise.catch(() => {});
  balancer.dispatch(call);
  return call;
}

const died = new LiveswapError('THREAD_CRASHED', 'Thread 0 of guardian@00000000 died.');

test('a call goes to the connection with the fewest pending', () => {
  const balancer = balancerOf();
  const [left, right] = [new RecordingTransport(), new RecordingTransport()];
  balancer.add(0, left);
  balancer.add(1, right);
  for (const name of ['first', 'second', 'third']) dispatch(balancer, name);
  expect([left.names, right.names]).toEqual([['first', 'third'], ['second']]);
  left.answer();
  left.answer();
  dispatch(balancer, 'fourth');
  expect(left.names).toEqual(['first', 'third', 'fourth']);
  expect(balancer.pending).toBe(2);
});

test('beyond its concurrency calls wait, and are sent in their order as answers come', async () => {
  const balancer = balancerOf({ concurrency: 1 });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  const calls = ['first', 'second', 'third'].map((name) => dispatch(balancer, name));
  expect([balancer.pending, balancer.queued]).toEqual([1, 2]);
  transport.answer('one');
  transport.answer('two');
  transport.answer('three');
  expect(transport.names).toEqual(['first', 'second', 'third']);
  expect(await Promise.all(calls.map((call) => call.promise))).toEqual(['one', 'two', 'three']);
  expect([balancer.pending, balancer.queued]).toEqual([0, 0]);
});

test('calls that are refused as soon as they are sent are refused one after the other, however many wait', async () => {
  const balancer = balancerOf({ concurrency: 1, maxQueued: Infinity });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  const first = dispatch(balancer, 'first');
  transport.refusal = new LiveswapError('NOT_CLONEABLE', 'The arguments cannot cross.');
  const waiting = Array.from({ length: 20_000 }, () => dispatch(balancer, 'waits'));
  transport.answer('one');
  expect(await first.promise).toBe('one');
  const outcomes = await Promise.allSettled(waiting.map((call) => call.promise));
  expect(new Set(outcomes.map((one) => one.status === 'rejected' && one.reason))).toEqual(
    new Set([transport.refusal]),
  );
  expect([balancer.pending, balancer.queued]).toEqual([0, 0]);
});

test('with no connection up calls wait for one', () => {
  const balancer = balancerOf();
  dispatch(balancer, 'early');
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  expect(transport.names).toEqual(['early']);
});

test('more calls than may wait are refused, and those that wait keep their place', async () => {
  const balancer = balancerOf({ concurrency: 1, maxQueued: 1 });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  dispatch(balancer, 'sent');
  dispatch(balancer, 'waits');
  await expect(dispatch(balancer, 'refused').promise).rejects.toMatchObject({
    code: 'QUEUE_FULL',
    plugin: 'guardian',
    call: 'refused',
    maxQueued: 1,
  });
  transport.answer();
  expect(transport.names).toEqual(['sent', 'waits']);
});

test('waiting calls go to the newer version; sent and pinned calls stay', () => {
  const balancer = balancerOf({ concurrency: 1 });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  dispatch(balancer, 'sent');
  dispatch(balancer, 'waits');
  dispatch(balancer, 'pinned', { pinned: true });
  const handedOver: string[] = [];
  balancer.handOver((call) => handedOver.push(call.name));
  dispatch(balancer, 'late');
  dispatch(balancer, 'late and pinned', { pinned: true });
  expect(handedOver).toEqual(['waits', 'late']);
  transport.answer();
  transport.answer();
  expect(transport.names).toEqual(['sent', 'pinned', 'late and pinned']);
});

test('a call that may be retried is sent on another connection when its own dies, as often as it may', async () => {
  const balancer = balancerOf();
  const transports = [new RecordingTransport(), new RecordingTransport()];
  const [first, second] = transports.map((transport, index) => balancer.add(index, transport));
  const charge = dispatch(balancer, 'charge', { retries: 1 });
  const other = dispatch(balancer, 'other');

  balancer.remove(first!, true);
  transports[0]?.die(died);
  expect(transports[1]?.names).toEqual(['other', 'charge']);

  balancer.remove(second!, true);
  transports[1]?.die(died);
  await expect(charge.promise).rejects.toBe(died);
  await expect(other.promise).rejects.toBe(died);
  expect(balancer.pending).toBe(0);
});

test('a call whose retry is refused is told of once, as failed', async () => {
  const told: unknown[] = [];
  const onSettled = (call: Call, failed: boolean): void => void told.push([call.name, failed]);
  const balancer = new Balancer({ ...unbounded, maxQueued: 0, onSettled });
  const transport = new RecordingTransport();
  const connection = balancer.add(0, transport);
  const charge = dispatch(balancer, 'charge', { retries: 1 });
  balancer.remove(connection, true);
  transport.die(died);
  await expect(charge.promise).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  expect(told).toEqual([['charge', true]]);
});

test('an error that the plugin threw is never retried', async () => {
  const balancer = balancerOf();
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  const charge = dispatch(balancer, 'charge', { retries: 1 });
  const refused = new Error('No gold.');
  charge.reject(refused);
  await expect(charge.promise).rejects.toBe(refused);
  expect(transport.names).toEqual(['charge']);
});

test('a call whose caller has given up is pending until its connection answers', async () => {
  const balancer = balancerOf();
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  const abort = new AbortController();
  const call = new Call({ scope: 0, name: 'keepWatch', args: [], options: { signal: abort.signal } });
  balancer.dispatch(call);
  abort.abort('enough');
  await expect(call.promise).rejects.toMatchObject({ code: 'CALL_ABORTED', cause: 'enough' });
  expect(transport.aborted).toEqual([{ call, reason: expect.objectContaining({ code: 'CALL_ABORTED' }) }]);
  expect(balancer.pending).toBe(1);
  transport.answer('too late');
  expect(balancer.pending).toBe(0);
});

test('a call whose caller gives up while it waits leaves the queue and is never sent', async () => {
  const balancer = balancerOf({ concurrency: 1 });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  dispatch(balancer, 'sent');
  const abort = new AbortController();
  const call = new Call({ scope: 0, name: 'waits', args: [], options: { signal: abort.signal } });
  balancer.dispatch(call);
  abort.abort();
  await expect(call.promise).rejects.toMatchObject({ code: 'CALL_ABORTED' });
  expect(balancer.queued).toBe(0);
  transport.answer();
  expect(transport.names).toEqual(['sent']);
});

test('refusing rejects what waits and what comes, and leaves what was sent', async () => {
  const balancer = balancerOf({ concurrency: 1 });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  const sent = dispatch(balancer, 'sent');
  const waits = dispatch(balancer, 'waits');
  const gone = new LiveswapError('RETIRED', 'guardian@00000000 has left.');
  balancer.refuse(gone);
  await expect(waits.promise).rejects.toBe(gone);
  await expect(dispatch(balancer, 'late').promise).rejects.toBe(gone);
  transport.answer('done');
  expect(await sent.promise).toBe('done');
});

test('it is idle when nothing is pending and nothing waits', async () => {
  const balancer = balancerOf({ concurrency: 1 });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  await balancer.whenIdle();
  dispatch(balancer, 'sent');
  dispatch(balancer, 'waits');
  const events: string[] = [];
  const idle = balancer.whenIdle().then(() => events.push('idle'));
  transport.answer();
  await Promise.resolve();
  events.push('one answered');
  transport.answer();
  await idle;
  expect(events).toEqual(['one answered', 'idle']);
});

test('a nested call does not wait for its concurrency, nor behind those that do, but is bounded by maxQueued', async () => {
  const balancer = balancerOf({ concurrency: 1, maxQueued: 2 });
  const transport = new RecordingTransport();
  dispatch(balancer, 'waits for a connection');
  dispatch(balancer, 'nested, waits for a connection', { nested: true });
  balancer.add(0, transport);
  expect(transport.names).toEqual(['nested, waits for a connection']);
  dispatch(balancer, 'second', { nested: true });
  dispatch(balancer, 'third', { nested: true });
  const refused = dispatch(balancer, 'one too many', { nested: true });
  await expect(refused.promise).rejects.toMatchObject({ code: 'QUEUE_FULL', maxQueued: 2 });
  expect([balancer.pending, balancer.queued]).toEqual([3, 1]);
  for (let times = 0; times < 4; times++) transport.answer();
  expect(transport.names).toEqual([
    'nested, waits for a connection',
    'second',
    'third',
    'waits for a connection',
  ]);
  await balancer.whenIdle();
});

test('a call that waits is sent with the arguments that it was made with', () => {
  const balancer = balancerOf({ concurrency: 1 });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  const order = { count: 0 };
  for (const name of ['first', 'second', 'third']) {
    order.count++;
    dispatch(balancer, name, { args: [order] });
  }
  transport.answer();
  transport.answer();
  expect(transport.args.slice(1)).toEqual([[{ count: 2 }], [{ count: 3 }]]);
});

test('so is one that is sent again', () => {
  const balancer = balancerOf();
  const transports = [new RecordingTransport(), new RecordingTransport()];
  const [first] = transports.map((transport, index) => balancer.add(index, transport));
  const order = { count: 1 };
  dispatch(balancer, 'charge', { retries: 1, args: [order] });
  order.count = 2;
  balancer.remove(first!, true);
  transports[0]?.die(died);
  expect(transports[1]?.args).toEqual([[{ count: 1 }]]);
});

test('arguments that cannot be copied refuse the call that would wait with them', async () => {
  const balancer = balancerOf({ concurrency: 1 });
  balancer.add(0, new RecordingTransport());
  dispatch(balancer, 'first');
  const second = dispatch(balancer, 'second', { args: [() => {}] });
  await expect(second.promise).rejects.toThrow();
  expect([balancer.pending, balancer.queued]).toEqual([1, 0]);
});

test('the arguments of a sent call are released, unless it may be sent again', () => {
  const balancer = balancerOf();
  balancer.add(0, new RecordingTransport());
  const sent = dispatch(balancer, 'sent', { args: ['a letter'] });
  const again = dispatch(balancer, 'again', { args: ['a letter'], retries: 1 });
  expect([sent.takeArguments(), again.takeArguments()]).toEqual([[], ['a letter']]);
});

/** Makes two connections, the first of which computes. A round makes three calls, and answers those of the second connection. */
function withBusyOne(): { balancer: Balancer; busy: RecordingTransport; round: () => void } {
  const balancer = balancerOf();
  const [busy, idle] = [new RecordingTransport(), new RecordingTransport()];
  balancer.add(0, busy);
  balancer.add(1, idle);
  dispatch(balancer, 'compute');
  dispatch(balancer, 'first');
  idle.answer();
  return {
    balancer,
    busy,
    round() {
      for (const name of ['one', 'two', 'three']) dispatch(balancer, name);
      for (let answers = 0; answers < 3; answers++) idle.answer();
    },
  };
}

test('of connections with as many pending, the one that was heard of last is given the call', () => {
  const { busy, round } = withBusyOne();
  round();
  expect(busy.names).toEqual(['compute', 'three']);
});

test('a silent connection is given nothing more, unless there is no other, until it is heard of', () => {
  const { balancer, busy, round } = withBusyOne();
  const [first, second] = balancer.connections;
  first!.isSilent = true;
  for (let rounds = 0; rounds < 10; rounds++) round();
  expect(busy.names).toEqual(['compute']);
  balancer.remove(second!);
  dispatch(balancer, 'last resort');
  expect(busy.names).toEqual(['compute', 'last resort']);
  busy.answer();
  expect(first!.isSilent).toBe(false);
});

/** Makes two threads; the argument of a call is the index of the thread to which it must go. */
function withHomes(limits: { concurrency?: number } = {}) {
  const homeOf = ({ args: [home] }: Call): number | undefined => home as number | undefined;
  const balancer = new Balancer({ ...unbounded, ...limits, homeOf });
  const transports = [new RecordingTransport(), new RecordingTransport()] as const;
  transports.forEach((transport, index) => balancer.add(index, transport));
  return { balancer, transports };
}

test('a call with a home goes there however much it has to do, and waits while it is full', () => {
  const { balancer, transports } = withHomes({ concurrency: 2 });
  const [home, other] = transports;
  for (const name of ['first', 'second', 'third', 'fourth']) dispatch(balancer, name, { args: [0] });
  expect([home.names, other.names, balancer.queued]).toEqual([['first', 'second'], [], 2]);
  dispatch(balancer, 'anywhere');
  dispatch(balancer, 'elsewhere', { args: [1] });
  expect(other.names).toEqual(['anywhere', 'elsewhere']);
  home.answer();
  home.answer();
  expect([home.names.slice(2), balancer.queued]).toEqual([['third', 'fourth'], 0]);
});

test('the first of the calls that wait for a place gets it, with a home or without', () => {
  const { balancer, transports } = withHomes({ concurrency: 1 });
  const [home, other] = transports;
  for (const index of [0, 1]) dispatch(balancer, 'running', { args: [index] });
  dispatch(balancer, 'first');
  dispatch(balancer, 'second', { args: [0] });
  dispatch(balancer, 'third');
  home.answer();
  home.answer();
  expect([home.names, other.names]).toEqual([['running', 'first', 'second'], ['running']]);
  other.answer();
  expect(other.names).toEqual(['running', 'third']);
});

test('a call whose home is gone waits until it is back, and a nested one too', () => {
  const { balancer, transports } = withHomes();
  balancer.remove(balancer.connections[0]!);
  dispatch(balancer, 'plain', { args: [0] });
  dispatch(balancer, 'nested', { args: [0], nested: true });
  expect([transports[1].names, balancer.queued]).toEqual([[], 2]);
  const back = new RecordingTransport();
  balancer.add(0, back);
  expect(back.names.toSorted()).toEqual(['nested', 'plain']);
});

test('waiting calls are handed over in their order, whatever their home', () => {
  const { balancer } = withHomes({ concurrency: 0 });
  for (const home of [1, 0, undefined, 1, 0]) dispatch(balancer, `to ${home}`, { args: [home] });
  const handed: string[] = [];
  balancer.handOver(({ name }) => void handed.push(name));
  expect(handed).toEqual(['to 1', 'to 0', 'to undefined', 'to 1', 'to 0']);
});

test('a call is refused when everything is refused while its arguments are copied', async () => {
  const balancer = balancerOf({ concurrency: 1 });
  balancer.add(0, new RecordingTransport());
  dispatch(balancer, 'sent');
  const closed = new LiveswapError('CLOSED', 'This swapper is closed.');
  const order = {
    get gold() {
      balancer.refuse(closed);
      return 3;
    },
  };
  const call = dispatch(balancer, 'charge', { args: [order] });
  expect(balancer.queued).toBe(0);
  await expect(call.promise).rejects.toBe(closed);
});

test('a call whose caller has given up before it is sent is told of once, as failed', () => {
  const told: unknown[] = [];
  const onSettled = ({ name }: Call, failed: boolean): void => void told.push([name, failed]);
  const balancer = new Balancer({ ...unbounded, concurrency: 1, onSettled });
  balancer.add(0, new RecordingTransport());
  const giveUp = (name: string, retries: number): void => {
    const caller = new AbortController();
    const order = {
      get gold() {
        caller.abort();
        return 3;
      },
    };
    const call = new Call({ scope: 0, name, args: [order], options: { signal: caller.signal } }, retries);
    call.promise.catch(() => {});
    balancer.dispatch(call);
  };
  const early = new Call({ scope: 0, name: 'early', args: [], options: { signal: AbortSignal.abort() } });
  early.promise.catch(() => {});
  balancer.dispatch(early);
  giveUp('sent', 1);
  dispatch(balancer, 'busy');
  giveUp('waits', 0);
  expect(told).toEqual([
    ['early', true],
    ['sent', true],
    ['waits', true],
  ]);
  expect([balancer.pending, balancer.queued]).toEqual([1, 0]);
});
