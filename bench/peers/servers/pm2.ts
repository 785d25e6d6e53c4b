import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { residentBytes } from '../../workload/resident-bytes.js';
import type { UnchangedFiles } from '../../workload/unchanged-server.js';
import { freePort } from '../../../test/helpers/free-port.js';
import { whenAnswering, type UnchangedServer } from './unchanged.js';

/** The command of pm2, which `npm run bench:peers` installs without running scripts of packages. */
const command = fileURLToPath(
  new URL('../../../../bench/packages/node_modules/pm2/bin/pm2', import.meta.url),
);

export const hasPm2 = existsSync(command);

/** Opens pm2 in cluster mode with two processes; its daemon ends with the server. */
export async function openPm2({ entry, folder }: UnchangedFiles): Promise<UnchangedServer> {
  const port = await freePort();
  const home = join(folder, 'pm2');
  const run = (...args: string[]): Promise<unknown> =>
    promisify(execFile)(process.execPath, [command, ...args], {
      env: { ...process.env, PM2_HOME: home, PORT: String(port) },
    });
  await run('start', entry, '-i', '2', '--name', 'hello');
  const url = `http://127.0.0.1:${port}/`;
  await whenAnswering(url);
  let reloading: Promise<unknown> = Promise.resolve();
  return {
    name: 'pm2 -i 2',
    url,
    reload: () => {
      // A failed reload shows in the requests.
      reloading = run('reload', 'hello').catch(() => {});
    },
    memory: async () => residentBytes(Number(await readFile(join(home, 'pm2.pid'), 'utf8'))),
    close: async () => {
      await reloading;
      await run('kill');
    },
  };
}
