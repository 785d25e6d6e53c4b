import { CrossedSocket } from '../../sockets/thread/crossed-socket.js';
import type { ConnectionLabel } from '../thread-options.js';

const owned: ConnectionLabel = { mount: '/', isParsed: false };

/** What the host says of the connection that a socket is. */
export function labelOf(socket: unknown): ConnectionLabel {
  if (!(socket instanceof CrossedSocket)) return owned;
  return (socket.facts.label as ConnectionLabel | undefined) ?? owned;
}
