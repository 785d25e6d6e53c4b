import { once } from 'node:events';
import { connect, createServer, Server, type ListenOptions } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Listener } from '../../lib/app/listener.js';
import { freePort } from '../helpers/free-port.js';

const isLinux = process.platform === 'linux';

/** Opens a listener at 127.0.0.1, and counts what it accepts. */
async function open() {
  const port = await freePort();
  let accepted = 0;
  const listener = await Listener.open({ host: '127.0.0.1', port }, (socket) => {
    accepted++;
    socket.destroy();
  });
  onTestFinished(() => listener.close());
  return { listener, port, accepted: () => accepted };
}

/** Resolves once the other side has closed the connection, or has refused it. */
function visit(host: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    connect(port, host)
      .on('error', () => {})
      .on('close', () => resolve());
  });
}

test('other settings for the place where it listens open nothing anew', async () => {
  const { listener, port, accepted } = await open();
  const listen = vi.spyOn(Server.prototype, 'listen');
  onTestFinished(() => listen.mockRestore());
  await listener.move({ host: '127.0.0.1', port, backlog: 5 });
  expect(listen).not.toHaveBeenCalled();
  await visit('127.0.0.1', port);
  expect(accepted()).toBe(1);
});

test.skipIf(!isLinux)(
  'a listener that lost both places to another process while it moved is back where it was once that is free',
  async () => {
    const { listener, port, accepted } = await open();
    const takers: Server[] = [];
    vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server, ...args: unknown[]) {
      for (const host of ['127.0.0.1', '127.0.0.2']) takers.push(createServer().listen({ host, port }));
      return this.listen(...(args as [ListenOptions, () => void]));
    });
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(listener.move({ host: '127.0.0.2', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(listener.address).toMatchObject({ address: '127.0.0.1', port });

    const closed = takers.map((taker) => once(taker, 'close'));
    for (const taker of takers) taker.close();
    await Promise.all(closed);
    const isBack = async () => {
      await visit('127.0.0.1', port);
      return accepted() > 0;
    };
    await expect.poll(isBack).toBe(true);
  },
);

test.skipIf(!isLinux)(
  'a move ends when its listener is closed while the host to which it moves back is looked up',
  { timeout: 10_000 },
  async () => {
    const port = await freePort();
    const listener = await Listener.open({ host: 'localhost', port }, (socket) => socket.destroy());
    const taker = createServer().listen({ host: '127.0.0.2', port });
    onTestFinished(() => void taker.close());
    await once(taker, 'listening');
    const listen = vi.spyOn(Server.prototype, 'listen');
    const begin = (server: Server, args: unknown[]): Server =>
      server.listen(...(args as [ListenOptions, () => void]));
    listen.mockImplementationOnce(function (this: Server, ...args: unknown[]) {
      const server = begin(this, args);
      listen.mockImplementationOnce(function (this: Server, ...former: unknown[]) {
        begin(this, former);
        listener.close();
        return this;
      });
      return server;
    });
    onTestFinished(() => void vi.restoreAllMocks());
    await expect(listener.move({ host: '127.0.0.2', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  },
);
