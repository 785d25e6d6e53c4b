import { expect, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const never = 'return new Promise(() => {});';
const attempt = (code: string): string =>
  `() => { try { ${code}; return 'done'; } catch (error) { return [error.code, error.message]; } }`;

/** A plugin that acts like packages, whose code no rule has checked. The signal would do no harm. */
const guardian: PluginText = {
  name: 'guardian',
  module: `
    import { exit, kill } from 'node:process';
    const hear = (what) => (error) => console.log(what, 'heard', error.message);`,
  live: {
    live_answer: '() => "Hail"',
    live_exit: '() => { exit(3); }',
    live_abort: attempt('process.abort()'),
    live_chdir: attempt("process.chdir('/')"),
    live_umask: attempt('process.umask(0)'),
    live_setuid: attempt('process.setuid(0)'),
    live_kill: attempt("process.kill(process.pid, 'SIGWINCH')"),
    live_killByName: attempt("kill(process.pid, 'SIGWINCH')"),
    live_killGroup: attempt("process.kill(0, 'SIGWINCH')"),
    live_killGroupOfHost: attempt("process.kill(-process.pid, 'SIGWINCH')"),
    live_killAll: attempt("process.kill(-1, 'SIGWINCH')"),
    live_isThere: attempt('process.kill(process.pid, 0)'),
    live_killOther: attempt("process.kill(2 ** 30, 'SIGWINCH')"),
    live_capture: attempt('process.setUncaughtExceptionCaptureCallback(() => {})'),
    live_stopCapturing: attempt('process.setUncaughtExceptionCaptureCallback(null)'),
    live_throwHandled: `() => {
      process.on('uncaughtException', hear('uncaughtException'));
      setTimeout(() => { throw new RangeError('No sword.'); }, 1); ${never} }`,
    live_rejectHandled: `() => {
      process.on('unhandledRejection', hear('unhandledRejection'));
      Promise.reject(new TypeError('No shield.')); ${never} }`,
    live_rejectHandledAgain: `() => {
      process.on('unhandledRejection', hear('unhandledRejection')).removeAllListeners('unhandledRejection');
      process.once('unhandledRejection', hear('unhandledRejection'));
      Promise.reject(new TypeError('No shield.')); ${never} }`,
  },
};

async function guarded(): Promise<Swapper> {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  return swapper;
}

const refused = (message: RegExp): unknown => [
  'ERR_WORKER_UNSUPPORTED_OPERATION',
  expect.stringMatching(message),
];
const signals = refused(/^process\.kill\(.+\) signals the host from a thread: ask the host to act/);

test('code in a thread cannot control the process of its host', async () => {
  const swapper = await guarded();
  expect({
    abort: await swapper.call('live_abort'),
    chdir: await swapper.call('live_chdir'),
    umask: await swapper.call('live_umask'),
    setuid: await swapper.call('live_setuid'),
    capture: await swapper.call('live_capture'),
  }).toEqual({
    abort: refused(/process\.abort\(\)/),
    chdir: refused(/process\.chdir\(\)/),
    umask: refused(/process\.umask\(\)/),
    setuid: refused(/process\.setuid\(\)/),
    capture: refused(/hides errors that must end the thread/),
  });
  for (const name of [
    'live_kill',
    'live_killByName',
    'live_killGroup',
    'live_killGroupOfHost',
    'live_killAll',
  ])
    expect(await swapper.call(name), name).toEqual(signals);
});

test('code in a thread may ask for a process, signal others, and stop capturing', async () => {
  const swapper = await guarded();
  expect(await swapper.call('live_isThere')).toBe('done');
  expect(await swapper.call('live_killOther')).toEqual(['ESRCH', 'kill ESRCH']);
  expect(await swapper.call('live_stopCapturing')).toBe('done');
});

test('a thread tells where it was ended by an exit that was imported by name', async () => {
  const swapper = await guarded();
  await expect(swapper.call('live_exit')).rejects.toMatchObject({
    code: 'THREAD_CRASHED',
    cause: { message: expect.stringMatching(/^process.exit\(3\) was called at ./) as string },
  });
});

test.for([
  ['live_throwHandled', 'uncaughtException', { name: 'RangeError', message: 'No sword.' }],
  ['live_rejectHandled', 'unhandledRejection', { name: 'TypeError', message: 'No shield.' }],
  ['live_rejectHandledAgain', 'unhandledRejection', { name: 'TypeError', message: 'No shield.' }],
] as const)(
  'handlers hear of an error that nobody caught, and hide no death: %s',
  async ([name, event, cause]) => {
    const swapper = await guarded();
    const heard = nextEvent(swapper, 'output', ({ text }) =>
      text.includes(`${event} heard ${cause.message}`),
    );
    await expect(swapper.call(name)).rejects.toMatchObject({ code: 'THREAD_CRASHED', cause });
    await heard;
    expect(await swapper.call('live_answer')).toBe('Hail');
  },
);
