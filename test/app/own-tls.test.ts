import { once } from 'node:events';
import { connect as connectNet, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { ask, certificates } from '../helpers/tls-client.js';

const options = `
  const fs = require('fs');
  const options = { key: fs.readFileSync(__dirname + '/key.pem'), cert: fs.readFileSync(__dirname + '/cert.pem') };`;

const files = { 'key.pem': certificates['key.pem'], 'cert.pem': certificates['cert.pem'] };

test('an app that speaks TLS itself after STARTTLS hears and answers its client, and knows the address', async () => {
  const { serve } = await appProject({
    ...files,
    'server.js': `${options}
      const tls = require('tls');
      require('net').createServer((socket) => {
        socket.once('data', () => {
          socket.write('ready');
          const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: tls.createSecureContext(options) });
          secure.once('data', (word) => secure.end(word + ' from ' + secure.remoteAddress));
        });
      }).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const plain = connectNet(Number(new URL(urls[0] ?? '').port), '127.0.0.1');
  plain.write('STARTTLS');
  await once(plain, 'data');
  const secure = connectTls({ socket: plain, rejectUnauthorized: false });
  secure.write('Valar morghulis');
  expect(await textOf(secure)).toBe('Valar morghulis from 127.0.0.1');
});

test('an HTTPS server that is given the connections of another server answers them', async () => {
  const { serve } = await appProject({
    ...files,
    'server.js': `${options}
      const secure = require('https').createServer(options, (request, response) => {
        response.end(request.socket.getProtocol() + ' from ' + request.socket.remoteAddress);
      });
      require('net').createServer((socket) => secure.emit('connection', socket)).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const { text } = await ask(urls[0] ?? '');
  expect(text).toContain('TLSv1.3 from 127.0.0.1');
});

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const part of socket) text += String(part);
  return text;
}
