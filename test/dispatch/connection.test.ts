import { expect, test } from 'vitest';
import { Call } from '../../lib/dispatch/call.js';
import { Connection, type ConnectionOwner, type Transport } from '../../lib/dispatch/connection.js';

let onHeard = (): void => {};
const owner: ConnectionOwner = {
  onHeard: () => onHeard(),
  onResolved: (call, value) => call.succeed(value),
  onRejected: (_connection, call, error) => call.fail(error),
};

function connect(): { readonly connection: Connection; readonly send: (signal?: AbortSignal) => Call } {
  let id = 0;
  const transport: Transport = { send: () => ++id, abort() {} };
  const connection = new Connection(0, transport, owner);
  return {
    connection,
    send: (signal) => {
      const call = new Call({ scope: 0, name: 'greet', args: [], options: signal && { signal } });
      call.promise.catch(() => {});
      call.move(connection.sending, (args) => args);
      connection.send(call);
      return call;
    },
  };
}

test('a connection knows since when a caller has given up, among the calls that are still pending', () => {
  const { connection, send } = connect();
  const [first, second] = [new AbortController(), new AbortController()];
  const calls = [send(), send(second.signal), send(first.signal)] as const;
  expect(connection.abandonedSince).toBeUndefined();
  first.abort();
  const since = connection.abandonedSince;
  expect(since).toBeLessThanOrEqual(performance.now());
  second.abort();
  expect(connection.abandonedSince).toBe(since);
  calls[2].resolve('late');
  expect(connection.abandonedSince).toBeGreaterThanOrEqual(since ?? Infinity);
  calls[1].reject(new Error('late'));
  expect(connection.abandonedSince).toBeUndefined();
  expect(connection.pending).toBe(1);
});

test('a connection is quiet when nobody who is meant waits for a pending call', async () => {
  const { connection, send } = connect();
  const controller = new AbortController();
  const calls = [send(), send(controller.signal)] as const;
  const only =
    (...meant: Call[]) =>
    (call: Call): boolean =>
      meant.includes(call);
  expect(connection.isQuiet()).toBe(false);
  expect(connection.isQuiet(only(calls[1]))).toBe(false);
  const quiet = connection.whenQuiet(only(calls[1]));
  controller.abort();
  await quiet;
  expect(connection.isQuiet(only(calls[1]))).toBe(true);
  expect(connection.isQuiet(only(...calls))).toBe(false);
  calls[0].resolve('done');
  expect(connection.isQuiet()).toBe(true);
  expect(connection.pending).toBe(1);
});

test('a caller who gives up while the answer is being handled does not count as one who has given up before', async () => {
  const { connection, send } = connect();
  const controller = new AbortController();
  const calls = [send(controller.signal), send()] as const;
  onHeard = () => controller.abort();
  calls[0].resolve('done');
  onHeard = () => {};
  expect(connection.isQuiet()).toBe(false);
  calls[1].resolve('done');
  await connection.whenQuiet();
  expect(connection.abandonedSince).toBeUndefined();
  expect(connection.pending).toBe(0);
});
