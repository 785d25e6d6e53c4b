import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { appProject } from '../helpers/app-project.js';
import { ask, certificates } from '../helpers/tls-client.js';

const pem = `
  const fs = require('fs');
  const read = (name) => fs.readFileSync(__dirname + '/' + name + '.pem');
  const pair = (prefix = '') => ({ key: read(prefix + 'key'), cert: read(prefix + 'cert') });`;

test.each([
  [
    'SNICallback',
    (name: string) => `require('https').createServer({ ...pair(), SNICallback: (servername, done) => {
        setImmediate(() => done(null, servername === '${name}' ? tls.createSecureContext(pair('renewed-')) : undefined));
      } }, answer)`,
  ],
  [
    'addContext()',
    (name: string) => `(() => {
      const server = require('https').createServer(pair(), answer);
      server.once('listening', () => server.addContext('${name}', pair('renewed-')));
      return server;
    })()`,
  ],
])('the certificate for a name is the one that %s of the current version chooses', async (_, make) => {
  const code = (name: string): string => `${pem}
    const tls = require('tls');
    const answer = (request, response) => response.end(JSON.stringify(request.socket.servername));
    ${make(name)}.listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ ...certificates, 'server.js': code('raven.north') });
  const app = await serve('server.js');
  const subjects = async (): Promise<string[]> => {
    const asked = ['raven.north', 'crow.north'].map(
      async (name) => (await ask(app.urls[0] ?? '', name)).subject,
    );
    return Promise.all(asked);
  };
  await expect.poll(subjects).toEqual(['renewed.localhost', 'localhost']);
  expect((await ask(app.urls[0] ?? '', 'raven.north')).text).toContain('"raven.north"');
  await write({ 'server.js': code('crow.north') });
  await app.reload();
  await expect.poll(subjects).toEqual(['localhost', 'renewed.localhost']);
});

test('an SNICallback that fails ends the handshake, and the server goes on', async () => {
  const { serve } = await appProject({
    ...certificates,
    'server.js': `${pem}
      require('https').createServer({ ...pair(), SNICallback: (servername, done) => {
        if (servername === 'raven.north') done(new Error('no raven'));
        else done(null);
      } }, (_, response) => response.end('well')).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  await expect(ask(app.urls[0] ?? '', 'raven.north')).rejects.toThrow();
  expect((await ask(app.urls[0] ?? '', 'crow.north')).text).toContain('well');
});

test('setSecureContext of a running server counts from the next connection on', async () => {
  const { serve } = await appProject({
    ...certificates,
    'server.js': `${pem}
      const server = require('https').createServer(pair(), (request, response) => {
        if (request.url === '/renew') server.setSecureContext(pair('renewed-'));
        response.end('well');
      });
      server.listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  expect((await ask(url)).subject).toBe('localhost');
  await ask(url, undefined, '/renew');
  await expect.poll(async () => (await ask(url)).subject).toBe('renewed.localhost');
});

test('contexts that are added to a server before its address is known count as well', async () => {
  const { serve } = await appProject({
    ...certificates,
    'server.js': `${pem}
      const server = require('https').createServer(pair(), (_, response) => response.end('well'));
      server.listen(0, '127.0.0.1');
      server.addContext('raven.north', pair('renewed-'));`,
  });
  const app = await serve('server.js');
  expect((await ask(app.urls[0] ?? '', 'raven.north')).subject).toBe('renewed.localhost');
});

test('a release may speak TLS where the one before did not', async () => {
  const { write, serve } = await appProject({
    ...certificates,
    'server.js': `require('http').createServer((_, response) => response.end('clear')).listen(0, '127.0.0.1');`,
  });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  expect(await (await fetch(url)).text()).toBe('clear');
  await write({
    'server.js': `${pem} require('https').createServer(pair(), (_, response) => response.end('veiled')).listen(0, '127.0.0.1');`,
  });
  await app.reload();
  expect(app.urls).toEqual([url.replace('http', 'https')]);
  expect((await ask(app.urls[0] ?? '')).text).toContain('veiled');
});

test('the demand for a client certificate also counts from the assignment, and the app has it in the form of the platform', async () => {
  const code = (options: string): string => `${pem}
    require('https').createServer({ ...pair(), ca: [read('cert')], ${options} }, ({ socket }, response) => {
      const { raw, subject } = socket.getPeerCertificate();
      const { authorized, authorizationError } = socket;
      response.end(JSON.stringify({ authorized, authorizationError, name: subject?.CN, isBuffer: Buffer.isBuffer(raw), x509: socket.getPeerX509Certificate()?.subject }));
    }).listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ ...certificates, 'server.js': code('') });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  expect((await ask(url)).text).toContain('"isBuffer":false');
  await write({ 'server.js': code('requestCert: true, rejectUnauthorized: false') });
  await app.reload();
  const { text } = await ask(url, undefined, '/', {
    key: certificates['key.pem'],
    cert: certificates['cert.pem'],
  });
  expect(text).toContain('"name":"localhost","isBuffer":true,"x509":"CN=localhost"');
  expect((await ask(url)).text).toContain('"authorized":false');
});

test.each([
  ['ALPNCallback', `ALPNCallback: () => 'http/1.1'`],
  ['pskCallback', `pskCallback: () => null`],
])('a TLS server with %s is refused by name', async (name, option) => {
  const { serve } = await appProject({
    ...certificates,
    'server.js': `${pem} require('tls').createServer({ ...pair(), ${option} }).listen(0, '127.0.0.1');`,
  });
  await expect(serve('server.js')).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    message: expect.stringContaining(`liveswap does not take over TLS servers with ${name} yet`) as string,
  });
});

test.each([
  ['1.2', { maxVersion: 'TLSv1.2' }],
  ['1.3', { minVersion: 'TLSv1.3' }],
] as const)('a session of TLS %s that a peer has from one version is resumed in the next', async (_, own) => {
  const code = (edition: number): string =>
    `${pem} require('https').createServer(pair(), ({ socket }, response) => response.end('${edition} ' + socket.isSessionReused())).listen(0, '127.0.0.1');`;
  const { write, serve } = await appProject({ ...certificates, 'server.js': code(1) });
  const app = await serve('server.js');
  const [url = ''] = app.urls;
  const { session, text } = await ask(url, undefined, '/', own);
  expect(text).toContain('1 false');
  await write({ 'server.js': code(2) });
  await app.reload();
  expect((await ask(url, undefined, '/', { ...own, session })).text).toContain('2 true');
});

test('a peer that does not speak TLS is a tlsClientError of the server, as in a process', async () => {
  const { serve } = await appProject({
    ...certificates,
    'server.js': `${pem}
      const { tell } = require('liveswap/plugin').context.vault.extension;
      const server = require('https').createServer(pair(), (_, response) => response.end('well'));
      server.on('tlsClientError', ({ code }, { remoteAddress, destroyed }) => tell('tls ' + code + ' ' + remoteAddress + ' ' + destroyed));
      server.on('clientError', ({ code }) => tell('client ' + code));
      server.listen(0, '127.0.0.1');`,
  });
  const told: string[] = [];
  const app = await serve('server.js', {
    swapper: { extension: () => ({ tell: (text: string) => void told.push(text) }) },
  });
  const [url = ''] = app.urls;
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.end('GET / HTTP/1.1\r\n\r\n'));
  socket.resume();
  await once(socket, 'close');
  await expect
    .poll(() => told.sort())
    .toEqual(['client ERR_SSL_HTTP_REQUEST', 'tls ERR_SSL_HTTP_REQUEST 127.0.0.1 true']);
  expect((await ask(url)).text).toContain('well');
});

test('a peer that ends its connection to a TLS server before it is encrypted, or is silent, is let go at once, as in a process', async () => {
  const { serve } = await appProject({
    ...certificates,
    'server.js': `${pem}
      const { tell } = require('liveswap/plugin').context.vault.extension;
      const { createServer } = require('https');
      const open = (settings) => createServer({ ...pair(), ...settings }).on('tlsClientError', ({ code }) => tell(code)).listen(0, '127.0.0.1');
      open({});
      open({ handshakeTimeout: 20 });`,
  });
  const told: string[] = [];
  const { urls } = await serve('server.js', {
    swapper: { extension: () => ({ tell: (text: string) => void told.push(text) }) },
  });
  const [probed, patient] = urls.map((url) => connect(Number(new URL(url).port), '127.0.0.1').resume());
  probed?.end();
  await Promise.all([once(probed as Socket, 'close'), once(patient as Socket, 'close')]);
  await expect.poll(() => told.sort()).toEqual(['ECONNRESET', 'ERR_TLS_HANDSHAKE_TIMEOUT']);
});
