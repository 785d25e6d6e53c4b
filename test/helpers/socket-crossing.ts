import type { Server } from 'node:http';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { Fence } from '../../lib/sockets/host/fence.js';
import { connectSocket } from '../../lib/sockets/host/socket-end.js';
import type { Switchboard } from '../../lib/sockets/host/switchboard.js';
import { Tunnel } from '../../lib/sockets/host/tunnel.js';
import { HttpConnections } from '../../lib/sockets/thread/http-connections.js';
import { TunnelEnd } from '../../lib/sockets/thread/tunnel-end.js';

/** Makes a tunnel whose far end, where `server` talks with the peers, is in this thread as well. */
export function tunnelTo(server: Server): {
  tunnel: Tunnel;
  lose: (cause: unknown) => void;
  /** Tells the far end, in order with the bytes, that no request may begin there any more. Resolves when it has heard. */
  fence: () => Promise<void>;
} {
  const { port1, port2 } = new MessageChannel();
  // The platform starts its list of connections when a server listens.
  server.emit('listening');
  const end: TunnelEnd = new TunnelEnd(port2, {
    accept: (socket) => connections.accept(socket, server),
    leave: (socket) => connections.leave(socket),
    note: (note) => {
      connections.fence();
      end.note(note);
    },
  });
  const connections = new HttpConnections(end);
  const fence = new Fence(() => tunnel);
  const tunnel: Tunnel = new Tunnel(port1, {
    hold: () => () => {},
    note: () => fence.passed(),
    whyLost: async () => new Error('The thread is gone.'),
    onLost: () => {},
  });
  onTestFinished(() => {
    connections.close();
    end.close();
    tunnel.lose(new Error('The test is over.'));
  });
  return { tunnel, lose: (cause) => tunnel.lose(cause), fence: () => fence.set() };
}

/** Opens a port whose connections go through a switchboard. Resolves to its number. */
export async function openPort(switchboard: Switchboard): Promise<number> {
  const refusal = (): string => 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
  const place = switchboard.place.bind(switchboard);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    connectSocket(socket, { place, refusal });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A client that writes bytes as it is told and keeps all that comes back. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #text = '';
  #waiting: { readonly until: (text: string) => boolean; readonly resolve: () => void }[] = [];

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('error', () => {});
    this.socket.setEncoding('latin1').on('data', (chunk: string) => {
      this.#text += chunk;
      this.#waiting = this.#waiting.filter(({ until, resolve }) => {
        if (!until(this.#text)) return true;
        resolve();
        return false;
      });
    });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    onTestFinished(() => void this.socket.destroy());
  }

  /** Everything that has arrived. */
  get text(): string {
    return this.#text;
  }

  write(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Resolves to everything that has arrived as soon as it contains `piece` `count` times. */
  async until(piece: string, count = 1): Promise<string> {
    const until = (text: string): boolean => text.split(piece).length > count;
    if (!until(this.#text)) await new Promise<void>((resolve) => this.#waiting.push({ until, resolve }));
    return this.#text;
  }
}
