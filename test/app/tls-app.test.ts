import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';

const read = (name: string): Promise<string> =>
  readFile(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

const server = `
  const fs = require('fs');
  const options = { key: fs.readFileSync(__dirname + '/key.pem'), cert: fs.readFileSync(__dirname + '/cert.pem') };
  require('https').createServer(options, (request, response) => {
    response.end(JSON.stringify({ encrypted: request.socket.encrypted, protocol: request.socket.getProtocol() }));
  }).listen(0, '127.0.0.1');`;

test('the certificate of a new version counts from the assignment, and the port stays open', async () => {
  const { write, serve } = await appProject({
    'server.js': server,
    'key.pem': await read('key'),
    'cert.pem': await read('cert'),
  });
  const app = await serve('server.js');
  const before = await ask(app.urls[0] ?? '');
  expect(before.text).toContain('{"encrypted":true,"protocol":"TLSv1.3"}');
  await write({ 'key.pem': await read('renewed-key'), 'cert.pem': await read('renewed-cert') });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  const after = await ask(app.urls[0] ?? '');
  expect([before.subject, after.subject]).toEqual([
    expect.not.stringMatching('renewed'),
    'renewed.localhost',
  ]);
  expect(after.text).toContain('"encrypted":true');
});

/** The answer to a request, and whom the certificate names. */
function ask(url: string): Promise<{ readonly text: string; readonly subject: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    let subject = '';
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      subject = socket.getPeerCertificate().subject.CN as string;
      socket.write('GET / HTTP/1.1\r\nhost: gate\r\nconnection: close\r\n\r\n');
    });
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve({ text, subject }));
  });
}
