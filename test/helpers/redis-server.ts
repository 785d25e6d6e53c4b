import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.js';
import { tempFolder } from './temp-folder.js';

/** A Redis server of the running test's own. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
}

/** Starts a Redis server that keeps nothing, on a port of this machine alone; it is gone when the running test is over. */
export async function redisServer(): Promise<RedisServer> {
  const [host, port] = ['127.0.0.1', await freePort()];
  const flags = ['--bind', host, '--port', String(port), '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', flags, { cwd: await tempFolder(), stdio: 'ignore' });
  const ended = once(server, 'exit').catch((cause: unknown) => {
    throw new Error('This test needs redis-server: apt-get install redis-server.', { cause });
  });
  const failed = ended.then(() => Promise.reject(new Error('redis-server ended.')));
  failed.catch(() => {});
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await ended.catch(() => {});
  });
  const socket = await Promise.race([connected({ host, port }), failed]);
  socket.destroy();
  return { host, port };
}

/** Opens a connection of the test's own. It asks one question at a time; replies are as the server sends them. */
export async function redisClient(server: RedisServer): Promise<(...words: string[]) => Promise<string>> {
  const socket = await connected(server);
  onTestFinished(() => void socket.destroy());
  let turn: Promise<unknown> = Promise.resolve();
  return (...words) => {
    const answer = turn.then(async () => {
      const answered = once(socket, 'data') as Promise<[Buffer]>;
      const texts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${texts.join('')}`);
      return String((await answered)[0]);
    });
    turn = answer.catch(() => {});
    return answer;
  };
}

/** Connects, trying again until the server listens, which takes a moment. */
async function connected({ host, port }: RedisServer): Promise<Socket> {
  for (;;) {
    const socket = connect({ host, port });
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (isOpen) return socket;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
