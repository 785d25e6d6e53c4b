import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { BatchedPort } from '../../lib/sockets/batched-port.js';
import { Op } from '../../lib/sockets/protocol.js';
import { deferred } from '../helpers/deferred.js';

test('frames cross while the timers of the code under test are fake', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { port1, port2 } = new MessageChannel();
  const read = deferred<unknown[]>();
  const near = new BatchedPort(
    port1,
    () => {},
    () => {},
  );
  const far = new BatchedPort(
    port2,
    (...frame) => read.resolve(frame),
    () => {},
  );
  onTestFinished(() => {
    near.close();
    far.close();
  });
  near.send(Op.settled, 7, 3);
  expect(await read.promise).toEqual([Op.settled, 7, 3]);
});
