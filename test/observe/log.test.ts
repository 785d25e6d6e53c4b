import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { swapChannel, Swapper } from '../../lib/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { tempFolder } from '../helpers/temp-folder.js';

const run = promisify(execFile);
const herald = { name: 'herald', live: { live_call: `() => { console.log('hear ye'); return 1; }` } };

/** Writes a host that loads, calls, fails to reload, and closes. Resolves to its path. */
async function writeHost(): Promise<string> {
  const folder = await tempFolder();
  await deploy(folder, herald);
  const index = new URL('../../dist/lib/index.js', import.meta.url).href;
  const host = join(folder, 'host.mjs');
  await writeFile(
    host,
    `import { writeFileSync } from 'node:fs';
     import { Swapper } from ${JSON.stringify(index)};
     const swapper = new Swapper(${JSON.stringify(folder)}, { standby: false });
     await swapper.load();
     await swapper.call('live_call');
     writeFileSync(${JSON.stringify(join(folder, 'herald.plugin.mjs'))}, 'scrap');
     await swapper.reload().catch(() => {});
     await swapper.close();`,
  );
  return host;
}

const runHost = async (env: NodeJS.ProcessEnv) =>
  run(process.execPath, [await writeHost()], { env: quietEnv(env) });

test('NODE_DEBUG=liveswap prints every event', async () => {
  const { stderr } = await runHost({ NODE_DEBUG: 'liveswap' });
  const types = [...stderr.matchAll(/^LIVESWAP \d+: \{[^]*?type: '(\w+)'/gm)].map(([, type]) => type);
  expect(new Set(types)).toEqual(
    new Set(['reloadStarted', 'version', 'reloaded', 'output', 'reloadFailed', 'closed']),
  );
});

test('without a logger only what goes wrong is printed, and what plugins print', async () => {
  const { stdout, stderr } = await runHost({});
  expect(stdout).toBe('hear ye\n');
  expect(stderr).toMatch(
    /^liveswap error: The reload did not complete, the current generation serves on: .*\n$/,
  );
});

test('nobody has to read what is printed: the host goes on', async () => {
  const host = spawn(process.execPath, [await writeHost()], { env: quietEnv() });
  host.stdout.destroy();
  host.stderr.destroy();
  expect(await once(host, 'exit')).toEqual([0, null]);
});

test("a logger is given everything, with facts, in pino's shape", async () => {
  const folder = await tempFolder();
  await deploy(folder, herald);
  const lines: [string, Record<string, unknown>, string][] = [];
  const at = (level: string) => (facts: object, message?: string) =>
    void lines.push([level, facts as Record<string, unknown>, message ?? '']);
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const swapper = new Swapper(folder, { standby: false, logger });
  await swapper.load();
  await swapper.call('live_call');
  await expect.poll(() => lines.some(([, , message]) => message.includes('hear ye'))).toBe(true);
  await writeFile(join(folder, 'herald.plugin.mjs'), 'scrap');
  await swapper.reload().catch(() => {});
  await swapper.close();
  expect(lines).toContainEqual([
    'info',
    expect.objectContaining({ reason: 'load', generation: 1 }),
    'Generation 1 is current: herald: ok.',
  ]);
  expect(lines).toContainEqual([
    'error',
    expect.objectContaining({ err: expect.objectContaining({ code: 'RELOAD_FAILED' }) as object }),
    expect.stringContaining('the current generation serves on'),
  ]);
});

test('a load that ends because its swapper is closed is no error', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'herald', module: `console.log('it starts'); await new Promise(() => {});` });
  const errors: string[] = [];
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ignore = (): void => {};
  const logger = {
    debug: ignore,
    info: (_facts: object, message = '') => void (message.includes('it starts') && begin()),
    warn: ignore,
    error: (_facts: object, message = '') => void errors.push(message),
  };
  const swapper = new Swapper(folder, { standby: false, logger });
  const loading = swapper.load().catch((error: unknown) => error);
  await begun;
  await swapper.destroy();
  expect(await loading).toMatchObject({ code: 'LOAD_FAILED', cause: { code: 'CLOSED' } });
  expect(errors).toEqual([]);
});

test('a swapper that is closed leaves nobody listening, whoever has listened to it', async () => {
  const swapper = new Swapper(await tempFolder());
  const listener = (): void => {};
  swapper.on('reloaded', listener);
  swapper.on('reloaded', listener)();
  expect(swapChannel.hasSubscribers).toBe(true);
  await swapper.close();
  expect(swapChannel.hasSubscribers).toBe(false);
});
