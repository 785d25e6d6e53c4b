import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listenOn } from '../../lib/core/listen-on.js';

test('a port that is taken is refused with what was tried, what was found and what to do, and the facts of the platform', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const facts = { code: 'EADDRINUSE', syscall: 'listen', address: '127.0.0.1', port };
  await expect(listenOn(createServer(), port, '127.0.0.1')).rejects.toMatchObject({
    ...facts,
    message: `Cannot listen on 127.0.0.1:${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}; end the process that listens there, or choose another port.`,
    cause: { ...facts, message: `listen EADDRINUSE: address already in use 127.0.0.1:${port}` },
  });
});

test('an address that this machine does not have is refused with what to do', async () => {
  await expect(listenOn(createServer(), 0, '192.0.2.1')).rejects.toMatchObject({
    code: 'EADDRNOTAVAIL',
    message: expect.stringContaining('; choose an address of this machine.') as string,
  });
});

test('a free port is opened', async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  await listenOn(server, 0, undefined);
  expect(server.listening).toBe(true);
});
