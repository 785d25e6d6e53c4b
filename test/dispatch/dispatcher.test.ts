import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { Call } from '../../lib/dispatch/call.js';
import { Dispatcher, type RouteTable } from '../../lib/dispatch/dispatcher.js';
import { LaneSet } from '../../lib/dispatch/lane-set.js';
import { RecordingCarrier } from '../helpers/recording-carrier.js';

/** A generation with one version that knows one name. */
function generation(
  known: string,
  concurrency = Infinity,
): { table: RouteTable; lanes: LaneSet; carrier: RecordingCarrier } {
  const lanes = new LaneSet({ plugin: 'guardian', concurrency, maxQueued: 10 });
  const carrier = new RecordingCarrier();
  lanes.add(0, carrier);
  const table: RouteTable = {
    resolve(_scope, name) {
      if (name !== known) throw new LiveswapError('FUNCTION_UNKNOWN', `There is no live function ${name}.`);
      return { lanes, prepare: (scope, name, args, options) => new Call(scope, name, args, 0, options) };
    },
  };
  return { table, lanes, carrier };
}

test('a call goes to the table that is current when it is made, a pinned one to its own', () => {
  const [old, young] = [generation('answer'), generation('answer')];
  let current = old.table;
  const dispatcher = new Dispatcher(() => current);
  void dispatcher.call(0, 'answer', []);
  current = young.table;
  void dispatcher.call(0, 'answer', []);
  void dispatcher.call(0, 'answer', [], undefined, old.table);
  expect([old.carrier.names.length, young.carrier.names.length]).toEqual([2, 1]);
});

test('what waited for an older version is sent to the newest, and answered once', async () => {
  const [old, young] = [generation('answer', 1), generation('answer')];
  let current = old.table;
  const dispatcher = new Dispatcher(() => current);
  const sent = dispatcher.call(0, 'answer', []);
  const waits = dispatcher.call(0, 'answer', []);
  current = young.table;
  old.lanes.handOver(dispatcher.redispatch);
  young.carrier.answer('young');
  old.carrier.answer('old');
  expect(await Promise.all([sent, waits])).toEqual(['old', 'young']);
});

test('what waited for a name that the newest does not have is rejected with the reason', async () => {
  const [old, young] = [generation('answer', 1), generation('salute')];
  let current = old.table;
  const dispatcher = new Dispatcher(() => current);
  void dispatcher.call(0, 'answer', []);
  const waits = dispatcher.call(0, 'answer', []);
  current = young.table;
  old.lanes.handOver(dispatcher.redispatch);
  await expect(waits).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
});

test('before anything is loaded a call is refused with what to do', () => {
  const dispatcher = new Dispatcher(() => undefined);
  expect(() => dispatcher.call(0, 'answer', [])).toThrow(
    expect.objectContaining({
      code: 'NOT_LOADED',
      call: 'answer',
      message: expect.stringContaining('load()'),
    }),
  );
});
