import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { listSwappers } from '../../lib/control/socket-folder.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { quietEnv } from '../helpers/quiet-env.js';
import { command, runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { quietLogger } from '../helpers/quiet-logger.js';

const edition = (text: string): PluginText => ({
  name: 'guardian',
  live: { live_answer: `() => ${JSON.stringify(text)}` },
});

let sockets: string;

beforeEach(async () => {
  sockets = join(await tempFolder(), 'sockets');
  vi.stubEnv('LIVESWAP_SOCKETS', sockets);
});

async function serve(folder: string) {
  await deploy(folder, edition('first'));
  const swapper = openSwapper(folder, { control: true });
  await swapper.load();
  await expect.poll(() => listSwappers()).toContainEqual(expect.objectContaining({ folder }));
  return swapper;
}

test('a deploy is answered: reload --wait makes it current, or says why not, and what ran serves on', async () => {
  const folder = await tempFolder();
  const swapper = await serve(folder);
  await deploy(folder, edition('second'));
  expect(await runCommand(folder, 'reload', '--wait')).toEqual({
    code: 0,
    stdout: 'guardian: ok\n',
    stderr: '',
  });
  expect(await swapper.call('live_answer')).toBe('second');

  await deploy(folder, { name: 'guardian', hooks: { onLoad: `() => { throw new Error('no sword'); }` } });
  const refused = await runCommand(folder, 'reload', '--wait');
  expect(refused).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('no sword') as string,
  });
  const json = await runCommand(folder, 'reload', '--wait', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { code: 'RELOAD_FAILED' } });
  expect(await swapper.call('live_answer')).toBe('second');

  expect(await runCommand(folder, 'rollback', '--wait', '--drop-kept')).toMatchObject({ code: 0 });
  expect(await swapper.call('live_answer')).toBe('first');
  expect(await runCommand(folder, 'reload')).toMatchObject({ code: 0, stdout: 'accepted.\n' });
}, 120_000);

test('a change that names no swapper tells which one it reaches, unless that is of the working folder', async () => {
  const folder = await tempFolder();
  const elsewhere = await tempFolder();
  await serve(folder);
  const told = expect.stringContaining(`${folder} (pid ${process.pid})`) as string;
  expect(await runCommand(elsewhere, 'reload')).toEqual({ code: 0, stdout: 'accepted.\n', stderr: told });
  expect(await runCommand(elsewhere, 'rollback', '--json')).toMatchObject({ stderr: told });
  for (const [cwd, ...flags] of [[dirname(folder)], [folder], [elsewhere, '--dir', folder]] as const)
    expect(await runCommand(cwd, 'reload', ...flags)).toEqual({
      code: 0,
      stdout: 'accepted.\n',
      stderr: '',
    });
}, 120_000);

test('ps, status and why tell what runs; --json is what a program reads', async () => {
  const folder = await tempFolder();
  const swapper = await serve(folder);
  const pinned = swapper.pin();
  await deploy(folder, edition('second'));
  await swapper.reload(undefined, { force: true });
  const [ps, status, why, json, unknown] = await Promise.all([
    runCommand(folder, 'ps'),
    runCommand(folder, 'status', '--dir', folder),
    runCommand(folder, 'why', 'guardian'),
    runCommand(folder, 'status', '--json'),
    runCommand(folder, 'why', 'ned'),
  ]);
  expect(ps.stdout).toMatch(/^pid +folder +generation +up\n/);
  expect(ps.stdout).toMatch(new RegExp(`^${process.pid} +${folder} +2 +\\d+ s$`, 'm'));
  expect(status.stdout).toMatch(/generation 2, 1 reload, .*\n\nplugin +version +state/);
  expect(status.stdout).toMatch(/guardian +[0-9a-f]{8} +active/);
  expect(why.stdout).toMatch(/guardian@[0-9a-f]{8} is active:\n {2}1 pin/);
  expect(JSON.parse(json.stdout)).toMatchObject({ folder, pid: process.pid, generation: 2 });
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('there are guardian') as string });
  await pinned.release();
}, 120_000);

test.skipIf(process.platform === 'win32')(
  'events end, without a word, when nobody reads them any more',
  async () => {
    const folder = await tempFolder();
    const swapper = await serve(folder);
    const child = spawn(command.file, [...command.args, 'events', '--json'], {
      cwd: folder,
      env: quietEnv(),
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += String(chunk)));
    const ended = once(child, 'close');
    const reloading = setInterval(() => void swapper.reload(undefined).catch(() => {}), 50);
    onTestFinished(() => clearInterval(reloading));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await ended).toEqual([141, null]);
    expect(errors).toBe('');
  },
);

test('events end with closed when the swapper is closed', async () => {
  const folder = await tempFolder();
  const swapper = await serve(folder);
  const child = spawn(command.file, [...command.args, 'events', '--json'], { cwd: folder, env: quietEnv() });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stdout.on('data', (chunk) => (told += String(chunk)));
  const ended = once(child, 'close');
  const reloading = setInterval(() => void swapper.reload(undefined).catch(() => {}), 50);
  onTestFinished(() => clearInterval(reloading));
  await once(child.stdout, 'data');
  clearInterval(reloading);
  await swapper.close();
  expect(await ended).toEqual([0, null]);
  expect(told.trim().split('\n').at(-1)).toBe('{"type":"closed"}');
});

test('none, and several, are misuse that says what to do', async () => {
  const [one, other] = [await tempFolder(), await tempFolder()];
  expect(await runCommand(one, 'reload')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('{ control: true }') as string,
  });
  await Promise.all([serve(one), serve(other)]);
  const several = await runCommand(one, 'status');
  expect(several).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('say --dir <folder> or --socket'),
  });
  expect(await runCommand(one, 'status', '--dir', one)).toMatchObject({ code: 0 });
  const elsewhere = await runCommand(one, 'status', '--dir', 'elsewhere');
  expect(elsewhere.code).toBe(2);
  for (const folder of [one, other]) expect(elsewhere.stderr).toContain(folder);
  const listed = await runCommand(one, 'ps', '--json', '--dir', other);
  const [{ socket = '' } = {}] = JSON.parse(listed.stdout) as { socket?: string }[];
  expect(JSON.parse(listed.stdout)).toMatchObject([{ folder: other, generation: 1 }]);
  expect((await runCommand(one, 'ps', '--socket', socket)).stdout).toContain(other);
  await serve(other);
  const twice = await runCommand(one, 'status', '--dir', other);
  expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('say --socket') });
}, 120_000);

test('a swapper that cannot have its socket runs without one, and says so', async () => {
  const folder = await tempFolder();
  await deploy(folder, edition('first'));
  const warned = deferred<string>();
  const warn = (_facts: object, message?: string): void => warned.resolve(message ?? '');
  const swapper = openSwapper(folder, {
    control: join(folder, 'no', 'such', 'folder', 'x.sock'),
    logger: quietLogger({ warn }),
  });
  await swapper.load();
  expect(await warned.promise).toContain('Cannot open the control socket');
});
