import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.js';
import { tempFolder } from './temp-folder.js';

const run = promisify(execFile);

/** Starts a PostgreSQL of the running test's own, on a port of this machine alone; its user is `liveswap`, without a password. */
export async function postgresServer(): Promise<{ readonly port: number }> {
  const [bin, folder, port] = [await binaries(), await tempFolder(), await freePort()];
  const identity = await ownIdentity();
  if (identity) await chown(folder, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const settings = { ...identity, cwd: folder };
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'liveswap', '-A', 'trust', '--no-sync'], settings);
  const flags = [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
    '-F',
  ];
  const server = spawn(join(bin, 'postgres'), flags, { ...settings, stdio: 'ignore' });
  const ended = once(server, 'exit');
  onTestFinished(async () => {
    // The server ends at once, without waiting for its clients.
    server.kill('SIGQUIT');
    await ended;
  });
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error('PostgreSQL ended.');
  }
  return { port };
}

/** Resolves to the folder of PostgreSQL's programs; Debian has one for each version. */
async function binaries(): Promise<string> {
  const home = '/usr/lib/postgresql';
  const versions = await readdir(home).catch(() => []);
  const newest = versions.toSorted((left, right) => Number(left) - Number(right)).at(-1);
  if (newest === undefined) throw new Error('This test needs PostgreSQL: apt-get install postgresql.');
  return join(home, newest, 'bin');
}

/** Resolves to the ids of another user if this process is root's, because PostgreSQL does not run as root. */
async function ownIdentity(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  );
  return { uid: uid!, gid: gid! };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (!isOpen) await new Promise((resolve) => setTimeout(resolve, 50));
  return isOpen;
}
