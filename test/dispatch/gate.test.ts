import { expect, test } from 'vitest';
import { Balancer } from '../../lib/dispatch/balancer.js';
import { Call, type CopyArguments } from '../../lib/dispatch/call.js';
import { RecordingTransport } from '../helpers/recording-transport.js';

function opened(
  concurrency = Infinity,
  maxQueued = 10,
): { balancer: Balancer; transport: RecordingTransport } {
  const copyArguments = structuredClone as CopyArguments;
  const balancer = new Balancer({ plugin: 'gate', concurrency, maxQueued, copyArguments });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  return { balancer, transport };
}

function dispatch(balancer: Balancer, name: string, chain: readonly string[] = [], pinned = false): Call {
  const call = new Call({ scope: 0, name, args: [], nested: chain.length > 0, chain }, 0, pinned);
  call.promise.catch(() => {});
  balancer.dispatch(call);
  return call;
}

const admits = ({ chain }: Call): boolean => chain.includes('gate@aa');

test('behind a closed gate calls wait in order, those left out that are let in; when it opens they are sent', () => {
  const { balancer, transport } = opened();
  balancer.closeGate(admits);
  dispatch(balancer, 'first');
  dispatch(balancer, 'inside', ['gate@aa']);
  dispatch(balancer, 'second', ['other@bb']);
  expect([transport.names, balancer.queued]).toEqual([['inside'], 2]);
  balancer.openGate();
  expect(transport.names.toSorted()).toEqual(['first', 'inside', 'second']);
});

test('the keeper of a gate is told of the calls that wait there, not of those that the full queue refuses', async () => {
  const { balancer } = opened(Infinity, 1);
  const held: string[] = [];
  balancer.closeGate(admits, { held: ({ name }) => held.push(name), opened: () => {} });
  dispatch(balancer, 'waits', ['other@bb']);
  const refused = dispatch(balancer, 'too many', ['other@bb']);
  await expect(refused.promise).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  expect(held).toEqual(['waits']);
});

test('an answer makes no room for what waits behind a closed gate', () => {
  const { balancer, transport } = opened(1);
  dispatch(balancer, 'sent');
  dispatch(balancer, 'waits');
  balancer.closeGate(admits);
  transport.answer();
  expect([transport.names, balancer.queued, balancer.pending]).toEqual([['sent'], 1, 0]);
});

test('waiting for certain calls ends when the last of them is answered', async () => {
  const { balancer, transport } = opened();
  for (const name of ['peek', 'change', 'change too']) dispatch(balancer, name);
  let isQuiet = false;
  const quiet = balancer
    .whenNonePending(({ name }) => name !== 'peek')
    .then(() => {
      isQuiet = true;
    });
  transport.answer();
  transport.answer();
  await Promise.resolve();
  expect(isQuiet).toBe(false);
  transport.answer();
  await quiet;
  expect(balancer.hasPending(({ name }) => name === 'peek')).toBe(false);
});

test('one that is succeeded gives everything to what comes after it, pinned calls too', () => {
  const { balancer, transport } = opened();
  balancer.closeGate(admits);
  dispatch(balancer, 'waits');
  dispatch(balancer, 'pinned', [], true);
  const passedOn: string[] = [];
  balancer.succeed(({ name }) => passedOn.push(name));
  dispatch(balancer, 'comes');
  expect([passedOn, transport.names, balancer.queued]).toEqual([['waits', 'pinned', 'comes'], [], 0]);
});
