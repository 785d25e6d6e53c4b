import type { Socket } from 'node:net';
import { addressesOf, connectSocket } from '../sockets/host/socket-end.js';
import { Switchboard } from '../sockets/host/switchboard.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import { errorFacts } from '../surface/app-notes.js';
import type { ListenRequest } from '../surface/listen.js';
import { Listener } from './listener.js';
import type { NamedContexts } from './named-contexts.js';
import type { OpenPort } from './open-port.js';
import { TlsSpeaker } from './tls-speaker.js';

/** Answer to a request that nobody took, if no answer has begun. */
const REFUSAL = 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

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
  const take = (socket: Socket): void => {
    connectSocket(socket, { place: (connection) => board.place(connection), refusal: () => REFUSAL }, key);
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
    renew: ({ tls }) => speaker.speak(tls),
    move: (next) => listener.move(next),
    close: () => {
      listener.close();
      board.close();
    },
  };
}
