import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { Link } from '../../lib/link/link.js';
import type { Methods } from '../../lib/link/remote-object.js';
import type { ServingThread } from '../../lib/pool/thread-pool.js';
import { ThreadHandle } from '../../lib/version/thread-handle.js';
import { deferred } from '../helpers/deferred.js';

/** A handle of a thread, whose end of the link is here. */
function openHandle(surface: Methods) {
  const { port1, port2 } = new MessageChannel();
  const exited = deferred<unknown>();
  const serving = {
    port: port1,
    gauge: new Int32Array(8),
    begun: Promise.resolve(),
    environment: undefined,
    exited: exited.promise,
    imported() {},
    end: async () => {},
  } satisfies ServingThread;
  const handle = new ThreadHandle({ plugin: 'wall', version: '1', thread: 0 }, serving, {
    answer: () => undefined,
    askCallback: () => Promise.resolve(),
    chain: () => [],
    surface: {},
    onUntaken: () => {},
    serveCallback: (_callback: string, _chain: unknown, run: () => unknown) => run(),
    onDeath: () => {},
    onLingering: () => {},
  } as unknown as ConstructorParameters<typeof ThreadHandle>[2]);
  const link = new Link(port2, { channels: 'odd', answer: () => undefined, surface });
  onTestFinished(() => link.close(new Error('The test is over.')));
  onTestFinished(() => handle.disconnect(new Error('The test is over.') as never));
  return { handle, die: exited.resolve };
}

/** Closes a port, as the end of its thread does. Resolves when the other end can know it. */
function closed(port: MessagePort): Promise<void> {
  port.close();
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

test('a service whose thread dies right after its answer fails, although nobody listened to its port yet', async () => {
  const { handle, die } = openHandle({
    openService: (_name: string, port: MessagePort) => closed(port),
    ping: () => {
      die(new Error('out of memory'));
      return new Promise(() => {});
    },
  });
  await expect(handle.openService('http', {})).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
});

test('a service that closes its port at once is a failure', async () => {
  const { handle } = openHandle({
    openService: (_name: string, port: MessagePort) => closed(port),
    ping: () => undefined,
  });
  await expect(handle.openService('http', {})).rejects.toThrow('The service http has closed its port.');
});
