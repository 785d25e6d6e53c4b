import { stat } from 'node:fs/promises';
import { connect, Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { appProject } from '../helpers/app-project.js';

test.skipIf(process.platform === 'win32')(
  'other users may use a socket of an app that says so, as a proxy in front of it does',
  async () => {
    const { folder, serve } = await appProject({
      'server.js': `
        require('http').createServer().listen({ path: __dirname + '/gate.sock', readableAll: true, writableAll: true });`,
    });
    await serve('server.js');
    const { mode } = await stat(join(folder, 'gate.sock'));
    expect(mode & 0o666).toBe(0o666);
  },
);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const canReusePorts = process.platform === 'linux' && (major > 22 || (major === 22 && minor >= 12));

test.skipIf(!canReusePorts)(
  'several processes may listen on one port where each of them says so',
  async () => {
    const listening = (port: number): Record<string, string> => ({
      'server.js': `
      require('http').createServer().listen({ port: ${port}, host: '127.0.0.1', reusePort: true });`,
    });
    const first = await (await appProject(listening(0))).serve('server.js');
    const port = Number(new URL(first.urls[0] ?? '').port);
    const second = await (await appProject(listening(port))).serve('server.js');
    expect(second.urls).toEqual(first.urls);
  },
);

test.each([
  ['its server asks for that', '{ keepAlive: true, keepAliveInitialDelay: 30_000 }', ''],
  ['its socket is told to', '{}', 'socket.setKeepAlive(true, 30_000)'],
])('the system probes an idle peer, which may be gone without a word, where %s', async (_, options, said) => {
  const probes = vi.spyOn(Socket.prototype, 'setKeepAlive');
  onTestFinished(() => probes.mockRestore());
  const { serve } = await appProject({
    'server.js': `require('net').createServer(${options}, (socket) => { ${said} }).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  const peer = connect(Number(new URL(urls[0] ?? '').port), '127.0.0.1');
  onTestFinished(() => void peer.destroy());
  await expect.poll(() => probes.mock.calls).toEqual([[true, 30_000]]);
});

test('a server that is closed before it listens does not listen', async () => {
  const { serve } = await appProject({
    'server.js': `
      const { createServer } = require('http');
      const early = createServer().listen(0, '127.0.0.1');
      early.close();
      createServer((request, response) => response.end(String(early.listening))).listen(0, '127.0.0.1');`,
  });
  const { urls } = await serve('server.js');
  expect(urls).toHaveLength(1);
  expect(await (await fetch(urls[0] ?? '')).text()).toBe('false');
});
