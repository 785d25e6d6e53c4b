import type { IncomingMessage } from 'node:http';
import { CrossedSocket } from '../../sockets/thread/crossed-socket.js';
import type { ConnectionLabel } from '../thread-options.js';

/** The prefix that the host has taken off a request's URL. */
export function mountOf({ socket }: IncomingMessage): string {
  const label =
    socket instanceof CrossedSocket ? (socket.facts.label as ConnectionLabel | undefined) : undefined;
  return label?.mount ?? '/';
}
