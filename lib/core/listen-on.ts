import { once } from 'node:events';
import type { Server } from 'node:net';
import { messageOf } from './errors.js';

/** What to do about each reason why a port cannot be opened. */
const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'end the process that listens there, or choose another port',
  EACCES: 'choose a port that this user may open, such as one above 1023',
  EADDRNOTAVAIL: 'choose an address of this machine',
  ENOTFOUND: 'choose an address of this machine',
};

/**
 * Lets a server listen.
 *
 * @throws an error with the facts of the platform's (`code`, `errno`, `syscall`, `address`, `port`), which is its cause
 */
export async function listenOn(server: Server, port: number, hostname: string | undefined): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(port, hostname);
  try {
    await listening;
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const remedy = remedies[code] ?? 'choose another port or address';
    const place = hostname === undefined ? `port ${port}` : `${hostname}:${port}`;
    const message = `Cannot listen on ${place}: ${messageOf(cause)}; ${remedy}.`;
    throw Object.assign(new Error(message, { cause }), cause);
  }
}
