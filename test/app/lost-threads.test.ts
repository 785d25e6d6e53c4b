import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { ServedApp } from '../../lib/app/index.js';
import { appProject } from '../helpers/app-project.js';
import { nextEvent } from '../helpers/next-event.js';
import { certificates } from '../helpers/tls-client.js';

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: gate\r\n\r\n`;

/** A connection: what has come, and whether it is over. */
class Peer {
  readonly socket: Socket;
  text = '';
  readonly #over: Promise<unknown>;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (chunk: string) => (this.text += chunk));
    socket.on('error', () => {});
    this.#over = once(socket, 'close');
    onTestFinished(() => void socket.destroy());
  }

  /** Resolves to all that has come, once the connection is over. */
  async over(): Promise<string> {
    await this.#over;
    return this.text;
  }

  /** Resolves to all that has come, once `part` is among it. */
  async got(part: string): Promise<string> {
    await expect.poll(() => this.text).toContain(part);
    return this.text;
  }
}

function visit(port: number, bytes = ''): Peer {
  const peer = new Peer(connect(port, '127.0.0.1'));
  if (bytes) peer.socket.write(bytes);
  return peer;
}

const portOf = ({ urls }: ServedApp, nth = 0): number => Number(new URL(urls[nth] ?? '').port);

test.each(['TLS', 'a Unix socket'])(
  'an answer that a dying thread has begun is cut over %s, and the host serves on',
  async (kind) => {
    const isTls = kind === 'TLS';
    const { folder, serve } = await appProject({
      'server.js': `
        const fs = require('fs');
        const [key, cert] = ['key', 'cert'].map((name) => fs.readFileSync(__dirname + '/' + name + '.pem'));
        const answer = (request, response) => {
          if (request.url === '/') return response.end('it stands');
          response.write('it falls', () => setImmediate(() => { throw new Error('a storm'); }));
        };
        ${
          isTls
            ? "require('https').createServer({ key, cert }, answer).listen(0, '127.0.0.1')"
            : "require('http').createServer(answer).listen(__dirname + '/gate.sock')"
        };`,
      'key.pem': certificates['key.pem'],
      'cert.pem': certificates['cert.pem'],
    });
    const app = await serve('server.js');
    const ask = (path: string): Peer => {
      const socket = isTls
        ? connectTls({ port: portOf(app), host: '127.0.0.1', rejectUnauthorized: false })
        : connect(join(folder, 'gate.sock'));
      socket.write(request(path));
      return new Peer(socket);
    };
    const replaced = nextEvent(app.swapper, 'threadReplaced');
    expect(await ask('/fall').over()).not.toContain('0\r\n\r\n');
    await replaced;
    await ask('/').got('it stands');
  },
);
