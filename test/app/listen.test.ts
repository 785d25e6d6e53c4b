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
