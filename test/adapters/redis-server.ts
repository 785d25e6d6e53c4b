import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from '../helpers/free-port.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Starts a Redis server that keeps nothing, on a port of this machine alone. */
export async function redisServer(): Promise<{ readonly host: string; readonly port: number }> {
  const [host, port] = ['127.0.0.1', await freePort()];
  const flags = ['--bind', host, '--port', String(port), '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', flags, { cwd: await tempFolder(), stdio: 'ignore' });
  const ended = once(server, 'exit');
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await ended;
  });
  await Promise.race([
    answers(host, port),
    ended.then(() => Promise.reject(new Error('redis-server ended'))),
  ]);
  return { host, port };
}

async function answers(host: string, port: number): Promise<void> {
  for (;;) {
    const socket = createConnection({ host, port });
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
