import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
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

test('a server sees the certificates of the issuers of its client', async () => {
  const { serve } = await appProject({
    'server.js': `
      const fs = require('fs');
      const [key, cert] = ['key', 'cert'].map((name) => fs.readFileSync(__dirname + '/' + name + '.pem'));
      const options = { key, cert, ca: cert, requestCert: true, rejectUnauthorized: false };
      require('https').createServer(options, ({ socket }, response) => {
        const { subject, raw, issuerCertificate } = socket.getPeerCertificate(true);
        const brief = socket.getPeerCertificate().issuerCertificate;
        response.end(JSON.stringify([subject.CN, issuerCertificate?.raw.equals(raw), brief === undefined]));
      }).listen(0, '127.0.0.1');`,
    'key.pem': certificates['key.pem'],
    'cert.pem': certificates['cert.pem'],
  });
  const { urls } = await serve('server.js');
  const [key, cert] = [certificates['key.pem'], certificates['cert.pem']];
  const { text } = await ask(urls[0] ?? '', undefined, '/', { key, cert });
  expect(text).toContain('["localhost",true,true]');
});

test('code that asks for a TLS socket finds one where the connection is encrypted, and only there', async () => {
  const { serve } = await appProject({
    'server.js': `
      const fs = require('fs');
      const { TLSSocket } = require('tls');
      const options = { key: fs.readFileSync(__dirname + '/key.pem'), cert: fs.readFileSync(__dirname + '/cert.pem') };
      class Own extends TLSSocket {}
      const answer = ({ socket }, response) =>
        response.end([socket instanceof TLSSocket, socket instanceof Own, new TLSSocket() instanceof TLSSocket].join());
      require('https').createServer(options, answer).listen(0, '127.0.0.1');
      require('http').createServer(answer).listen(0, '127.0.0.1');`,
    'key.pem': certificates['key.pem'],
    'cert.pem': certificates['cert.pem'],
  });
  const { urls } = await serve('server.js');
  const [secure = '', plain = ''] = urls;
  expect((await ask(secure)).text).toContain('true,false,true');
  expect(await (await fetch(plain)).text()).toBe('false,false,true');
});

test('a TLS socket tells what other protocols are bound to, and says of what it cannot do where that can be done', async () => {
  const { serve } = await appProject({
    'server.js': `
      const fs = require('fs');
      const options = { key: fs.readFileSync(__dirname + '/key.pem'), cert: fs.readFileSync(__dirname + '/cert.pem') };
      const tried = (run) => { try { return run(); } catch (error) { return error.code + ' ' + error.message; } };
      const answer = ({ socket }, response) => {
        const messages = [socket.getFinished(), socket.getPeerFinished()].map((bytes) => bytes.toString('hex'));
        const known = [socket.getSession().length > 0, socket.getSharedSigalgs().length > 0];
        const none = [socket.getEphemeralKeyInfo(), socket.getTLSTicket()];
        const refused = [tried(() => socket.exportKeyingMaterial(32, 'raven')), tried(() => socket.getCertificate())];
        const canLimit = socket.setMaxSendFragment(1024);
        response.end(JSON.stringify({ messages, known, none, canLimit, refused }));
      };
      const secure = require('https').createServer(options, answer).listen(0, '127.0.0.1');
      const own = require('https').createServer(options, answer);
      require('net').createServer((socket) => own.emit('connection', socket)).listen(0, '127.0.0.1');`,
    'key.pem': certificates['key.pem'],
    'cert.pem': certificates['cert.pem'],
  });
  const { urls } = await serve('server.js');
  for (const [url = '', doesRefuse] of [
    [urls[0], true],
    [urls[1], false],
  ] as const) {
    const { port, hostname } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
    socket.write('GET / HTTP/1.1\r\nhost: gate\r\nconnection: close\r\n\r\n');
    await once(socket, 'secureConnect');
    const messages = [socket.getPeerFinished(), socket.getFinished()].map((bytes) => bytes?.toString('hex'));
    const answer = await text(socket);
    const { refused, ...told } = JSON.parse(answer.slice(answer.indexOf('{'))) as {
      readonly refused: unknown[];
    };
    expect(told).toEqual({ messages, known: [true, true], none: [null, null], canLimit: !doesRefuse });
    const refusal = /^ERR_FEATURE_UNAVAILABLE_ON_PLATFORM .*\(\) of a TLS socket.*net\.createServer\(\)/;
    const isRefusal = (one: unknown): boolean => typeof one === 'string' && refusal.test(one);
    expect(refused.map(isRefusal)).toEqual([doesRefuse, doesRefuse]);
  }
});

test('a TLS server shows each connection to its listeners, which may refuse the peer', async () => {
  const { serve } = await appProject({
    'server.js': `
      const fs = require('fs');
      const options = { key: fs.readFileSync(__dirname + '/key.pem'), cert: fs.readFileSync(__dirname + '/cert.pem') };
      const seen = [];
      require('https').createServer(options, (request, response) => response.end(JSON.stringify(seen)))
        .once('connection', ({ remoteAddress }) => seen.push(remoteAddress))
        .on('connection', (socket) => seen.push('another') === 3 && socket.destroy())
        .listen(0, '127.0.0.1');`,
    'key.pem': certificates['key.pem'],
    'cert.pem': certificates['cert.pem'],
  });
  const { urls } = await serve('server.js');
  expect((await ask(urls[0] ?? '')).text).toContain('["127.0.0.1","another"]');
  expect(await ask(urls[0] ?? '').catch(() => ({ text: '' }))).toMatchObject({ text: '' });
  expect((await ask(urls[0] ?? '')).text).toContain('["127.0.0.1","another","another","another"]');
});

test('a TLS server that reads what comes before TLS is refused by name', async () => {
  const { serve } = await appProject({
    'server.js': `
      const server = require('https').createServer();
      const [speakTls] = server.listeners('connection');
      server.removeAllListeners('connection');
      server.on('connection', (socket) => socket.once('data', () => speakTls.call(server, socket)));
      server.listen(0, '127.0.0.1');`,
  });
  await expect(serve('server.js')).rejects.toThrow(/TLS servers that read what comes before TLS/);
});
