import type { Socket } from 'node:net';
import { isLiveswapError } from '../core/errors.js';
import type { Connection } from '../sockets/host/connection.js';
import { addressesOf, connectSocket } from '../sockets/host/socket-end.js';
import { Switchboard } from '../sockets/host/switchboard.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import { errorFacts } from '../surface/app-notes.js';
import type { ListenRequest } from '../surface/listen.js';
import { Listener } from './listener.js';
import type { NamedContexts } from './named-contexts.js';
import type { OpenPort } from './open-port.js';
import { TlsSpeaker } from './tls-speaker.js';

/** Time after which a client may ask again where it is not known when an app will listen, in milliseconds. */
const RETRY_AFTER_MS = 1_000;

/** Returns the answer to an HTTP request that nobody took because of `cause`. */
function refusalFor(cause: unknown): string {
  const isDown = isLiveswapError(cause, 'VERSION_FAILED') || isLiveswapError(cause, 'START_TIMEOUT');
  const { retryAfterMs = RETRY_AFTER_MS } = cause as { readonly retryAfterMs?: number };
  const [status, more] = isDown
    ? ['503 Service Unavailable', `retry-after: ${Math.ceil(retryAfterMs / 1_000)}\r\n`]
    : ['502 Bad Gateway', ''];
  return `HTTP/1.1 ${status}\r\n${more}content-length: 0\r\nconnection: close\r\n\r\n`;
}

/**
 * Listens where a server of the app wants to. The bytes of its connections go to the threads of the app, marked with `key`. For a
 * TLS server they are decrypted here, with the settings of the current server.
 */
export async function openAppPort(
  request: ListenRequest,
  key: string,
  contexts: NamedContexts,
): Promise<OpenPort<Tunnel>> {
  const board = new Switchboard();
  let isRaw = speaksRaw(request);
  const take = (socket: Socket): void => {
    const place = (connection: Connection): void => board.place(connection);
    const refusal = (cause: unknown): string | undefined => (isRaw ? undefined : refusalFor(cause));
    connectSocket(socket, { place, refusal }, key);
  };
  const speaker = new TlsSpeaker({
    take,
    contextFor: (servername) => contexts.of(board, key, servername),
    onFailed: (error, socket) => {
      const [tunnel] = board.tunnels;
      tunnel?.note({ kind: 'handshakeFailed', key, error: errorFacts(error), peer: addressesOf(socket) });
    },
  });
  speaker.speak(request.tls);
  const listener = await Listener.open(request, (socket) => speaker.accept(socket));
  return {
    get address() {
      return listener.address;
    },
    board,
    renew: (next) => {
      isRaw = speaksRaw(next);
      speaker.speak(next.tls);
    },
    move: (next) => listener.move(next),
    // The peer of a raw server may wait for it to speak first.
    refuse: (cause) => board.refuseWaiting(cause, isRaw),
    get isRefusing() {
      return board.isRefusing;
    },
    close: () => {
      listener.close();
      board.close();
    },
  };
}

/** Returns whether the server speaks another protocol than HTTP. */
function speaksRaw({ scheme }: ListenRequest): boolean {
  return scheme === 'tcp' || scheme === 'tls';
}
