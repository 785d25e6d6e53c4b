import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports below those that the kernel gives to clients. */
const FIRST = 20_000;
const COUNT = 12_000;

/**
 * A port of this machine that nobody listens on, for a server that is told which. A client that asks again and again before
 * anybody listens is connected to itself once in a while, where its own port may be the same: then the server finds it taken.
 */
export async function freePort(): Promise<number> {
  const port = FIRST + Math.floor(Math.random() * COUNT);
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return freePort();
    throw error;
  }
  server.close();
  await once(server, 'close');
  return port;
}
