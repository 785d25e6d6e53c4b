import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { ask, certificates } from '../helpers/tls-client.js';

const server = `
  const fs = require('fs');
  const options = { key: fs.readFileSync(__dirname + '/key.pem'), cert: fs.readFileSync(__dirname + '/cert.pem') };
  require('https').createServer(options, (request, response) => {
    response.end(JSON.stringify({ encrypted: request.socket.encrypted, protocol: request.socket.getProtocol() }));
  }).listen(0, '127.0.0.1');`;

test('the certificate of a new version counts from the assignment, and the port stays open', async () => {
  const { write, serve } = await appProject({
    'server.js': server,
    'key.pem': certificates['key.pem'],
    'cert.pem': certificates['cert.pem'],
  });
  const app = await serve('server.js');
  const before = await ask(app.urls[0] ?? '');
  expect(before.text).toContain('{"encrypted":true,"protocol":"TLSv1.3"}');
  await write({ 'key.pem': certificates['renewed-key.pem'], 'cert.pem': certificates['renewed-cert.pem'] });
  expect(await app.reload()).toEqual({ gate: 'ok' });
  const after = await ask(app.urls[0] ?? '');
  expect([before.subject, after.subject]).toEqual([
    expect.not.stringMatching('renewed'),
    'renewed.localhost',
  ]);
  expect(after.text).toContain('"encrypted":true');
});
