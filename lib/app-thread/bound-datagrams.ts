import { Socket } from 'node:dgram';
import { notAdopted } from './not-adopted.js';

type Bind = (this: Socket, ...args: unknown[]) => Socket;

/**
 * Refuses datagram sockets on a chosen port, because the next version could not bind it. Sockets that only send, or take any
 * port, are allowed.
 */
export function refuseBoundDatagrams(): void {
  const { bind } = Socket.prototype as { readonly bind: Bind };
  const refusing: Bind = function (...args) {
    const [first] = args;
    const port = typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first;
    if (Number(port) > 0)
      throw notAdopted('datagram sockets that are bound to a port', 'serve the app with --exclusive-start');
    return bind.apply(this, args);
  };
  Socket.prototype.bind = refusing;
}
