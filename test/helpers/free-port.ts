import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports below those that the kernel gives to clients. */
const FIRST = 20_000;
const COUNT = 12_000;

/**
 * Resolves to a port of this machine that nobody listens on, for a server that is told its port. The port is none that the kernel
 * gives to clients: a client that asks again and again before anybody listens could get the same port, be connected to itself,
 * and so take the port from the server.
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
