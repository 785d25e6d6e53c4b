import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask } from '../../workload/ask.js';
import { residentBytes } from '../../workload/resident-bytes.js';
import type { UnchangedFiles } from '../../workload/unchanged-server.js';
import { freePort } from '../../../test/helpers/free-port.js';

const command = fileURLToPath(new URL('../../../../lib/cli/bin.js', import.meta.url));

/** A server that knows nothing about the program that runs it. */
export interface UnchangedServer {
  readonly name: string;
  /** Address of the server, once it serves the current files. */
  readonly url: string;
  /** Makes the server take the files as they are now. */
  reload(): void;
  /** Resolves to the number of resident bytes of the server's processes. */
  memory(): Promise<number>;
  close(): Promise<void>;
}

/** The ways of one process to run the same server: it notices a save by itself, or is told of a deploy by SIGHUP. */
const ways = {
  node: ({ entry }: UnchangedFiles) => [entry],
  'node --watch': ({ entry }: UnchangedFiles) => ['--watch', entry],
  'bytes to a thread': ({ split }: UnchangedFiles) => [split],
  'node:cluster': ({ cluster }: UnchangedFiles) => [cluster],
  'liveswap start': ({ entry }: UnchangedFiles) => [command, 'start', entry],
  'liveswap dev': ({ entry }: UnchangedFiles) => [command, 'dev', entry],
} as const;

/** A way to run the server. */
export type Way = keyof typeof ways;

export async function openUnchanged(name: Way, files: UnchangedFiles): Promise<UnchangedServer> {
  const port = await freePort();
  const child = spawn(process.execPath, ways[name](files), {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}/`;
  const gone = once(child, 'exit');
  await whenAnswering(url);
  return {
    name,
    url,
    reload: () => void child.kill('SIGHUP'),
    memory: () => residentBytes(child.pid as number),
    close: async () => {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await gone;
      clearTimeout(late);
    },
  };
}

/** Resolves when a server answers. */
export async function whenAnswering(url: string): Promise<void> {
  while ((await ask(url).catch(() => '')) === '') await sleep(20);
}
