import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ask } from '../../workload/ask.js';
import { freePort } from '../../../test/helpers/free-port.js';

const command = fileURLToPath(new URL('../../../../lib/cli/bin.js', import.meta.url));

/** A server that knows nothing of who runs it. */
export interface UnchangedServer {
  readonly name: string;
  readonly url: string;
  /** Has it take the files as they are now. */
  reload(): void;
  /** Resident bytes of its processes. */
  memory(): Promise<number>;
  close(): Promise<void>;
}

/** The ways to run the same server; those that notice a save by themselves, or are told of a deploy. */
export const ways = {
  node: (entry: string) => [entry],
  'node --watch': (entry: string) => ['--watch', entry],
  'node:cluster': (entry: string) => [entry],
  'liveswap start': (entry: string) => [command, 'start', entry],
  'liveswap dev': (entry: string) => [command, 'dev', entry],
} as const;

export async function openUnchanged(name: keyof typeof ways, entry: string): Promise<UnchangedServer> {
  const port = await freePort();
  const child = spawn(process.execPath, ways[name](entry), {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}/`;
  const gone = once(child, 'exit');
  while ((await ask(url).catch(() => '')) === '') await sleep(20);
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

/** Of a process and those it has started. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024;
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter((one) => one !== '');
  const more = await Promise.all(children.map((one) => residentBytes(Number(one))));
  return more.reduce((sum, bytes) => sum + bytes, own);
}
