import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.js';

/** A Redis server of the running test's own, with nothing in it. */
export interface RedisServer {
  readonly port: number;
  /** Asks it on a connection of the test's own; replies are as it sends them. */
  ask(...words: readonly string[]): Promise<string>;
}

/** Starts Redis on a free port of this machine; it is gone when the running test is over. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const failed = once(server, 'error').then(([cause]: unknown[]) => {
    throw new Error('This test needs redis-server: apt-get install redis-server.', { cause });
  });
  failed.catch(() => {});
  onTestFinished(() => void server.kill());
  const socket = await Promise.race([connected(port), failed]);
  onTestFinished(() => void socket.destroy());
  let turn: Promise<unknown> = Promise.resolve();
  return {
    port,
    ask(...words) {
      const answer = turn.then(async () => {
        const answered = once(socket, 'data') as Promise<[Buffer]>;
        socket.write(
          `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
        );
        return String((await answered)[0]);
      });
      turn = answer.catch(() => {});
      return answer;
    },
  };
}

/** It takes a moment until it listens. */
async function connected(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
