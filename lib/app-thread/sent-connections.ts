import { ChildProcess } from 'node:child_process';
import { Server } from 'node:net';
import { CrossedSocket } from '../sockets/thread/crossed-socket.js';
import { unavailable } from '../sockets/thread/unavailable.js';

type Send = (message: unknown, handle?: unknown, ...rest: unknown[]) => boolean;

/** Undocumented and changeable properties of a child process. */
interface ChildParts {
  /** Gives a child with a channel its `send`. */
  spawn: (this: ChildParts, options: unknown) => unknown;
  send?: Send;
}

/**
 * Refuses to send connections and servers to child processes. The host has their handles, and the platform sends a message
 * without its handle where there is none: the child would wait for a connection that is open for ever.
 */
export function refuseSentConnections(): void {
  const prototype = ChildProcess.prototype as unknown as ChildParts;
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    const result = spawn.call(this, options);
    const send = this.send?.bind(this);
    if (send)
      this.send = (message, handle, ...rest) => {
        if (handle instanceof CrossedSocket || handle instanceof Server) throw notSent();
        return send(message, handle, ...rest);
      };
    return result;
  };
}

function notSent(): Error {
  return unavailable(
    'liveswap does not adopt child.send() of a connection or a server, which are the host’s: answer it in the app, ' +
      'with --threads for more than one thread, or let the child listen on a port or path of its own.',
  );
}
