import { CrossedSocket } from '../../sockets/thread/crossed-socket.js';
import type { ConnectionLabel } from '../thread-options.js';

const owned: ConnectionLabel = { mount: '/', isParsed: false };

/** Returns the host's facts about the connection of a socket. */
export function labelOf(socket: unknown): ConnectionLabel {
  if (!(socket instanceof CrossedSocket)) return owned;
  return (socket.facts.label as ConnectionLabel | undefined) ?? owned;
}
