import { Socket } from 'node:dgram';
import { notAdopted } from './not-adopted.js';

type Bind = (this: Socket, ...args: unknown[]) => Socket;

/**
 * Refuses datagram sockets on a port of one's choice: the next version could not have it. Those that only send, or take any port, are
 * the version's own affair.
 */
export function refuseBoundDatagrams(): void {
  const { bind } = Socket.prototype as { readonly bind: Bind };
  const refusing: Bind = function (...args) {
    const [first] = args;
    const port = typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first;
    if (Number(port) > 0) throw notAdopted('datagram sockets that are bound to a port');
    return bind.apply(this, args);
  };
  Socket.prototype.bind = refusing;
}
