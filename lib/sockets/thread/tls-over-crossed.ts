import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { CrossedSocket } from './crossed-socket.js';
import { describePeer } from './describe-peer.js';

/** Undocumented properties of a TLS socket. */
interface TlsSocketParts {
  connecting: boolean;
  _init: (this: TLSSocket & TlsSocketParts, socket: Socket | undefined, wrap: unknown) => void;
}

/** Lets code that asks for a TLS socket, as TypeScript does to narrow one, have a connection on which the host speaks TLS. */
export function passForTlsSockets(): void {
  const isInstance = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(TLSSocket, Symbol.hasInstance, {
    value(this: unknown, value: unknown) {
      const isSpokenFor = value instanceof CrossedSocket && value.facts.tls !== undefined;
      return (this === TLSSocket && isSpokenFor) || isInstance.call(this, value);
    },
  });
}

/**
 * Lets code speak TLS itself on a connection that it was given in plain text, as STARTTLS does. A TLS socket takes a socket
 * without a handle for one that is still connecting (https://github.com/nodejs/node/blob/v24.x/lib/internal/tls/wrap.js), so it
 * would never send what it writes, and would not know the addresses.
 */
export function allowTlsOverCrossedSockets(): void {
  const prototype = TLSSocket.prototype as unknown as TlsSocketParts;
  const init = prototype._init;
  prototype._init = function (socket, wrap) {
    init.call(this, socket, wrap);
    if (!(socket instanceof CrossedSocket)) return;
    this.connecting = false;
    describePeer(this, { ...socket.facts, tls: undefined });
  };
}
