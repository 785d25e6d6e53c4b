import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { Call } from '../../lib/dispatch/call.js';
import { Dispatcher, type RouteTable } from '../../lib/dispatch/dispatcher.js';
import { Balancer } from '../../lib/dispatch/balancer.js';
import type { BalancerOptions } from '../../lib/dispatch/balancer-options.js';
import { RecordingTransport } from '../helpers/recording-transport.js';

const answer = { scope: 0, name: 'answer', args: [] };

/** Makes a generation with one version that knows one name. */
function generation(
  known: string,
  concurrency = Infinity,
  onSettled?: BalancerOptions['onSettled'],
): { table: RouteTable; balancer: Balancer; transport: RecordingTransport } {
  const balancer = new Balancer({
    plugin: 'guardian',
    concurrency,
    maxQueued: 10,
    copyArguments: (args) => args,
    ...(onSettled && { onSettled }),
  });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  const table: RouteTable = {
    resolve(_scope, name) {
      if (name !== known) throw new LiveswapError('FUNCTION_UNKNOWN', `There is no live function ${name}.`);
      return { balancer, prepare: (request, pinned) => new Call(request, 0, pinned) };
    },
  };
  return { table, balancer, transport };
}

test('a call goes to the table that is current when it is made, a pinned one to its own', () => {
  const [old, young] = [generation('answer'), generation('answer')];
  let current = old.table;
  const dispatcher = new Dispatcher(() => current);
  void dispatcher.call(answer);
  current = young.table;
  void dispatcher.call(answer);
  void dispatcher.call(answer, old.table);
  expect([old.transport.names.length, young.transport.names.length]).toEqual([2, 1]);
});

test('a call that waited for an older version is sent to the newest, and answered once', async () => {
  const [old, young] = [generation('answer', 1), generation('answer')];
  let current = old.table;
  const dispatcher = new Dispatcher(() => current);
  const sent = dispatcher.call(answer);
  const waits = dispatcher.call(answer);
  current = young.table;
  old.balancer.handOver(dispatcher.redispatch);
  young.transport.answer('young');
  old.transport.answer('old');
  expect(await Promise.all([sent, waits])).toEqual(['old', 'young']);
});

test('a call that waited for a name that the newest version lacks is rejected with the reason, and counted', async () => {
  const told: unknown[] = [];
  const onSettled = (call: Call, failed: boolean): void => void told.push([call.name, failed]);
  const [old, young] = [generation('answer', 1, onSettled), generation('salute')];
  let current = old.table;
  const dispatcher = new Dispatcher(() => current);
  void dispatcher.call(answer);
  const waits = dispatcher.call(answer);
  current = young.table;
  old.balancer.handOver(dispatcher.redispatch);
  await expect(waits).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
  const late = new Call(answer);
  old.balancer.dispatch(late);
  await expect(late.promise).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
  expect(told).toEqual([
    ['answer', true],
    ['answer', true],
  ]);
});

test('before anything is loaded a call is refused with what to do', () => {
  const dispatcher = new Dispatcher(() => undefined);
  expect(() => dispatcher.call(answer)).toThrow(
    expect.objectContaining({
      code: 'NOT_LOADED',
      call: 'answer',
      message: expect.stringContaining('load()'),
    }),
  );
});
