import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { appFolder } from '../helpers/app-folder.js';
import { warningLogger } from '../helpers/quiet-logger.js';

async function told(code: string, files: Readonly<Record<string, string>> = {}): Promise<unknown[]> {
  const app = await appFolder({
    'package.json': '{ "name": "gate" }',
    'server.js': `const { tell } = require('liveswap/plugin').context.vault.extension;
      const tried = (run) => { try { return run(); } catch (error) { return error.code + ' ' + error.message; } };
      ${code}`,
    ...files,
  });
  await app.build({ entry: 'server.js' });
  await app.open({ standby: false }).load();
  return app.told;
}

test('an app changes its working folder, as in a process', async () => {
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  const [{ cwd, text, missing, folder }] = (await told(
    `process.chdir(__dirname + '/yard');
     tell({ cwd: process.cwd(), text: require('fs').readFileSync('well.txt', 'utf8'), folder: __dirname, missing: tried(() => process.chdir('moat')) });`,
    { 'yard/well.txt': 'deep' },
  )) as [Record<'cwd' | 'text' | 'missing' | 'folder', string>];
  expect(cwd).toBe(await realpath(join(folder, 'yard')));
  expect(process.cwd()).toBe(cwd);
  expect(text).toBe('deep');
  expect(missing).toBe(`ENOENT ENOENT: no such file or directory, chdir '${cwd}' -> 'moat'`);
});

test('an app gives its own streams to a child, as in a process', async () => {
  const [fds, status] = await told(`
    const { stdin, stdout, stderr } = process;
    tell([stdin.fd, stdout.fd, stderr.fd]);
    tell(tried(() => require('child_process').spawnSync(process.execPath, ['-e', ''], { stdio: [stdin, stdout, stderr] }).status));`);
  expect(fds).toEqual([0, 1, 2]);
  expect(status).toBe(0);
});

test('in a CommonJS entry, process.nextTick comes before promises, as in a process', async () => {
  const [order] = await told(`
    const order = [];
    Promise.resolve().then(() => order.push('promise'));
    process.nextTick(() => order.push('tick'));
    setImmediate(() => tell(order));
    require('http').createServer().listen(0);`);
  expect(order).toEqual(['tick', 'promise']);
});

test('a time zone that an app sets, which a thread cannot, is warned of', async () => {
  const { logger, warned } = warningLogger();
  const zones = ['Asia/Tokyo', 'Europe/Rome'];
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const other = zones.find((zone) => zone !== timeZone) as string;
  for (const zone of [other, timeZone]) {
    const app = await appFolder({
      'package.json': '{ "name": "gate" }',
      'server.js': `process.env.TZ = '${zone}';`,
    });
    await app.build({ entry: 'server.js' });
    await app.open({ standby: false, logger }).load();
  }
  expect(warned.filter((text) => text.includes('TZ'))).toEqual([
    expect.stringContaining(`TZ to ${other}, which a thread cannot: dates are in ${timeZone}`),
  ]);
});

test('a signal that an app sends itself stays in its thread', async () => {
  const answers = await told(`
    process.on('SIGTERM', (signal, number) => tell('heard ' + signal + ' ' + number));
    tell(process.kill(process.pid, 0));
    tell(process.kill(process.pid, 'SIGTERM'));
    tell(process.kill(String(process.pid), 15));
    tell(tried(() => process.kill(process.pid, 'SIGNAL')));`);
  const unknown = 'ERR_UNKNOWN_SIGNAL Unknown signal: SIGNAL';
  expect(answers).toEqual([true, 'heard SIGTERM 15', true, 'heard SIGTERM 15', true, unknown]);
});

test('a mask that is none throws, as in a process', async () => {
  const [answer] = await told(`tell(tried(() => process.umask('9')));`);
  expect(answer).toMatch(/^ERR_INVALID_ARG_VALUE The argument 'mask' must be .* Received '9'$/);
});

test.each([
  [
    'cluster.fork()',
    `require('cluster').fork()`,
    /cluster\.fork\(\): start the file that listens, with --threads/,
  ],
  ['process.setuid()', `process.setuid(0)`, /process\.setuid\(\): start liveswap as the user/],
  ['process.abort()', `process.abort()`, /process\.abort\(\): call process\.exit\(\)/],
])('%s is refused by name, with what to do', async (_, code, message) => {
  expect(await told(`tell(tried(() => ${code}));`)).toEqual([expect.stringMatching(message) as string]);
});
