import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished, expect, test, vi } from 'vitest';
import { freePort } from '../helpers/free-port.js';
import { blocksOf } from '../helpers/page-blocks.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { buildProject, releaseWords, startProject } from '../helpers/start-project.js';
import { repository } from './places.js';

/** PM2 is not among this suite's packages: its chokidar would be found before that of a packed liveswap below them. */
const pm2Program = join(repository, 'bench/packages/node_modules/pm2/bin/pm2');

/** A process in the list of PM2. */
interface ManagedProcess {
  readonly pid: number;
  readonly pm2_env: { readonly status: string; readonly exit_code?: number; readonly restart_time: number };
}

/** Returns a function that runs commands of PM2. Its daemon has its home in `folder`, and ends with the test. */
function pm2In(folder: string): (...args: string[]) => Promise<string> {
  const run = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, [pm2Program, ...args], {
      cwd: folder,
      env: quietEnv({ PM2_HOME: join(folder, '.pm2') }),
    });
    return stdout;
  };
  onTestFinished(async () => void (await run('kill')));
  return run;
}

test('the server that the configuration of PM2 starts is deployed to under requests, in the same process, and is stopped', async () => {
  const folder = await startProject();
  vi.stubEnv('LIVESWAP_SOCKETS', join(folder, 'sockets'));
  const port = String(await freePort());
  const blocks = blocksOf('docs/recipes/deploying.md');
  const text = blocks.find((block) => block.text.startsWith('// ecosystem.config.cjs'))?.text ?? '';
  expect(text).toContain('8080');
  await writeFile(join(folder, 'ecosystem.config.cjs'), text.replace('8080', port));
  await buildProject(folder);
  const pm2 = pm2In(folder);
  const shop = async (): Promise<ManagedProcess | undefined> => {
    const list = await pm2('jlist', '--silent');
    return (JSON.parse(list.trim().split('\n').at(-1) ?? '') as ManagedProcess[])[0];
  };
  const ask = async (): Promise<string> => (await fetch(`http://localhost:${port}/Ada`)).text();

  await pm2('start', 'ecosystem.config.cjs');
  await expect.poll(ask).toBe('Hello, Ada!');
  const started = await shop();
  await releaseWords(folder, 'Good day');

  const liveswap = join(folder, 'node_modules/.bin/liveswap');
  let deployed = false;
  const deploy = promisify(execFile)(liveswap, ['reload', '--wait'], { cwd: folder, env: quietEnv() });
  const answers = new Set<string>();
  const requests = async (): Promise<void> => {
    do answers.add(await ask());
    while (!deployed);
  };
  await Promise.all([requests(), deploy.finally(() => (deployed = true))]);
  expect(['Hello, Ada!', 'Good day, Ada!']).toEqual(expect.arrayContaining([...answers]));
  expect(await ask()).toBe('Good day, Ada!');
  expect(await shop()).toMatchObject({
    pid: started?.pid,
    pm2_env: { status: 'online', restart_time: 0 },
  });

  await pm2('stop', 'shop');
  expect(await shop()).toMatchObject({ pm2_env: { status: 'stopped', exit_code: 0 } });
  expect(await readFile(join(folder, '.pm2/logs/shop-out.log'), 'utf8')).toContain(`localhost:${port}`);
});
