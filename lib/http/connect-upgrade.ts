import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { connectSocket } from '../sockets/host/socket-end.js';
import { writeHead } from './exchange/request-head.js';
import type { HttpTunnels } from './http-tunnels.js';
import { socketOptions } from './socket-options.js';
import type { ConnectionLabel } from './thread-options.js';

/** A request for an upgrade. */
export interface AskedUpgrade {
  readonly tunnels: HttpTunnels;
  readonly mount: string;
  /** The request's target, without the mount. */
  readonly target: string;
}

/** Connects a client that asks for an upgrade to a thread, which receives its bytes from now on. */
export function connectUpgrade(
  { method = 'GET', httpVersion, rawHeaders }: IncomingMessage,
  socket: Socket,
  head: Buffer,
  { tunnels, mount, target }: AskedUpgrade,
): void {
  const label: ConnectionLabel = { mount, isParsed: false };
  const connection = connectSocket(socket, socketOptions(tunnels), label);
  // If the connection is not upgraded, nobody here would parse the next request: the thread closes it.
  const headers = rawHeaders.map((one, at) => (isConnection(rawHeaders[at - 1], at) ? `${one}, close` : one));
  connection.receivedBytes(writeHead({ method, target, httpVersion, rawHeaders: headers }, 'upgrade'));
  if (head.length > 0) connection.received(head);
}

function isConnection(name: string | undefined, at: number): boolean {
  return at % 2 === 1 && name?.toLowerCase() === 'connection';
}
