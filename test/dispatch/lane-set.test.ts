import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { Call } from '../../lib/dispatch/call.js';
import { LaneSet } from '../../lib/dispatch/lane-set.js';
import { RecordingCarrier } from '../helpers/recording-carrier.js';

function lanesOf(limits: { concurrency?: number; maxQueued?: number } = {}): LaneSet {
  return new LaneSet({ plugin: 'guardian', concurrency: Infinity, maxQueued: 10, ...limits });
}

function dispatch(lanes: LaneSet, name: string, { retries = 0, pinned = false, nested = false } = {}): Call {
  const call = new Call(0, name, [], retries);
  call.nested = nested;
  // What a test does not look at may be rejected when it ends.
  call.promise.catch(() => {});
  lanes.dispatch(call, pinned);
  return call;
}

const died = new LiveswapError('THREAD_CRASHED', 'Thread 0 of guardian@00000000 died.');

test('a call goes to the lane with the fewest pending', () => {
  const lanes = lanesOf();
  const [left, right] = [new RecordingCarrier(), new RecordingCarrier()];
  lanes.add(0, left);
  lanes.add(1, right);
  for (const name of ['first', 'second', 'third']) dispatch(lanes, name);
  expect([left.names, right.names]).toEqual([['first', 'third'], ['second']]);
  left.answer();
  left.answer();
  dispatch(lanes, 'fourth');
  expect(left.names).toEqual(['first', 'third', 'fourth']);
  expect(lanes.pending).toBe(2);
});

test('beyond its concurrency calls wait, and are sent in their order as answers come', async () => {
  const lanes = lanesOf({ concurrency: 1 });
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  const calls = ['first', 'second', 'third'].map((name) => dispatch(lanes, name));
  expect([lanes.pending, lanes.queued]).toEqual([1, 2]);
  carrier.answer('one');
  carrier.answer('two');
  carrier.answer('three');
  expect(carrier.names).toEqual(['first', 'second', 'third']);
  expect(await Promise.all(calls.map((call) => call.promise))).toEqual(['one', 'two', 'three']);
  expect([lanes.pending, lanes.queued]).toEqual([0, 0]);
});

test('calls that are refused as soon as they are sent are refused one after the other, however many wait', async () => {
  const lanes = lanesOf({ concurrency: 1, maxQueued: Infinity });
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  const first = dispatch(lanes, 'first');
  carrier.refusal = new LiveswapError('NOT_CLONEABLE', 'The arguments cannot cross.');
  const waiting = Array.from({ length: 20_000 }, () => dispatch(lanes, 'waits'));
  carrier.answer('one');
  expect(await first.promise).toBe('one');
  const outcomes = await Promise.allSettled(waiting.map((call) => call.promise));
  expect(new Set(outcomes.map((one) => one.status === 'rejected' && one.reason))).toEqual(
    new Set([carrier.refusal]),
  );
  expect([lanes.pending, lanes.queued]).toEqual([0, 0]);
});

test('with no lane up calls wait for one', () => {
  const lanes = lanesOf();
  dispatch(lanes, 'early');
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  expect(carrier.names).toEqual(['early']);
});

test('more calls than may wait are refused, and those that wait keep their place', async () => {
  const lanes = lanesOf({ concurrency: 1, maxQueued: 1 });
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  dispatch(lanes, 'sent');
  dispatch(lanes, 'waits');
  await expect(dispatch(lanes, 'refused').promise).rejects.toMatchObject({
    code: 'QUEUE_FULL',
    plugin: 'guardian',
    call: 'refused',
    maxQueued: 1,
  });
  carrier.answer();
  expect(carrier.names).toEqual(['sent', 'waits']);
});

test('what waits goes to the newer version, what was sent and what is pinned stays', () => {
  const lanes = lanesOf({ concurrency: 1 });
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  dispatch(lanes, 'sent');
  dispatch(lanes, 'waits');
  dispatch(lanes, 'pinned', { pinned: true });
  const handedOver: string[] = [];
  lanes.handOver((call) => handedOver.push(call.name));
  dispatch(lanes, 'late');
  dispatch(lanes, 'late and pinned', { pinned: true });
  expect(handedOver).toEqual(['waits', 'late']);
  carrier.answer();
  carrier.answer();
  expect(carrier.names).toEqual(['sent', 'pinned', 'late and pinned']);
});

test('a call that may be retried is sent on another lane when its own dies, as often as it may', async () => {
  const lanes = lanesOf();
  const carriers = [new RecordingCarrier(), new RecordingCarrier()];
  const [first, second] = carriers.map((carrier, index) => lanes.add(index, carrier));
  const charge = dispatch(lanes, 'charge', { retries: 1 });
  const other = dispatch(lanes, 'other');

  lanes.remove(first!, true);
  carriers[0]?.die(died);
  expect(carriers[1]?.names).toEqual(['other', 'charge']);

  lanes.remove(second!, true);
  carriers[1]?.die(died);
  await expect(charge.promise).rejects.toBe(died);
  await expect(other.promise).rejects.toBe(died);
  expect(lanes.pending).toBe(0);
});

test('a call whose retry is refused is told of once, as failed', async () => {
  const told: unknown[] = [];
  const onSettled = (call: Call, failed: boolean): void => void told.push([call.name, failed]);
  const lanes = new LaneSet({ plugin: 'guardian', concurrency: Infinity, maxQueued: 0, onSettled });
  const carrier = new RecordingCarrier();
  const lane = lanes.add(0, carrier);
  const charge = dispatch(lanes, 'charge', { retries: 1 });
  lanes.remove(lane, true);
  carrier.die(died);
  await expect(charge.promise).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  expect(told).toEqual([['charge', true]]);
});

test('an error that the plugin threw is never retried', async () => {
  const lanes = lanesOf();
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  const charge = dispatch(lanes, 'charge', { retries: 1 });
  const refused = new Error('No gold.');
  charge.reject(refused);
  await expect(charge.promise).rejects.toBe(refused);
  expect(carrier.names).toEqual(['charge']);
});

test('a call whose caller has given up is pending until its lane answers', async () => {
  const lanes = lanesOf();
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  const abort = new AbortController();
  const call = new Call(0, 'keepWatch', [], 0, { signal: abort.signal });
  lanes.dispatch(call);
  abort.abort('enough');
  await expect(call.promise).rejects.toMatchObject({ code: 'CALL_ABORTED', cause: 'enough' });
  expect(carrier.aborted).toEqual([{ call, reason: expect.objectContaining({ code: 'CALL_ABORTED' }) }]);
  expect(lanes.pending).toBe(1);
  carrier.answer('too late');
  expect(lanes.pending).toBe(0);
});

test('a call whose caller gives up while it waits leaves the queue and is never sent', async () => {
  const lanes = lanesOf({ concurrency: 1 });
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  dispatch(lanes, 'sent');
  const abort = new AbortController();
  const call = new Call(0, 'waits', [], 0, { signal: abort.signal });
  lanes.dispatch(call);
  abort.abort();
  await expect(call.promise).rejects.toMatchObject({ code: 'CALL_ABORTED' });
  expect(lanes.queued).toBe(0);
  carrier.answer();
  expect(carrier.names).toEqual(['sent']);
});

test('refusing rejects what waits and what comes, and leaves what was sent', async () => {
  const lanes = lanesOf({ concurrency: 1 });
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  const sent = dispatch(lanes, 'sent');
  const waits = dispatch(lanes, 'waits');
  const gone = new LiveswapError('RETIRED', 'guardian@00000000 has left.');
  lanes.refuse(gone);
  await expect(waits.promise).rejects.toBe(gone);
  await expect(dispatch(lanes, 'late').promise).rejects.toBe(gone);
  carrier.answer('done');
  expect(await sent.promise).toBe('done');
});

test('it is idle when nothing is pending and nothing waits', async () => {
  const lanes = lanesOf({ concurrency: 1 });
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  await lanes.whenIdle();
  dispatch(lanes, 'sent');
  dispatch(lanes, 'waits');
  const events: string[] = [];
  const idle = lanes.whenIdle().then(() => events.push('idle'));
  carrier.answer();
  await Promise.resolve();
  events.push('one answered');
  carrier.answer();
  await idle;
  expect(events).toEqual(['one answered', 'idle']);
});

test('a nested call does not wait for its concurrency, nor behind those that do, but is bounded by maxQueued', async () => {
  const lanes = lanesOf({ concurrency: 1, maxQueued: 2 });
  const carrier = new RecordingCarrier();
  dispatch(lanes, 'waits for a lane');
  dispatch(lanes, 'nested, waits for a lane', { nested: true });
  lanes.add(0, carrier);
  expect(carrier.names).toEqual(['nested, waits for a lane']);
  dispatch(lanes, 'second', { nested: true });
  dispatch(lanes, 'third', { nested: true });
  const refused = dispatch(lanes, 'one too many', { nested: true });
  await expect(refused.promise).rejects.toMatchObject({ code: 'QUEUE_FULL', maxQueued: 2 });
  expect([lanes.pending, lanes.queued]).toEqual([3, 1]);
  for (let times = 0; times < 4; times++) carrier.answer();
  expect(carrier.names).toEqual(['nested, waits for a lane', 'second', 'third', 'waits for a lane']);
  await lanes.whenIdle();
});
