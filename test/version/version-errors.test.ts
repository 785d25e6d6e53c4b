import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { startFailed } from '../../lib/version/version-errors.js';

const artifact = { manifest: { name: 'guardian' }, hash: '00000000', file: 'guardian.plugin.mjs' };
const name = { plugin: 'guardian', version: '00000000', thread: 0 };

test.each([
  ['descriptor', 'Worker initialization failure: EMFILE', 'open files of this process (ulimit -n).'],
  ['thread', 'EAGAIN', 'threads of this user or container (ulimit -u, pids.max).'],
])('a thread for which there is no %s left is refused with what to raise', (_, why, remedy) => {
  const cause = new LiveswapError('THREAD_CRASHED', `Thread 0 of guardian@00000000 died: ${why}.`);
  expect(startFailed(artifact as never, name, cause)).toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining(`${why}; raise the limit of ${remedy}`) as string,
    cause,
  });
});

test('a thread that cannot open the files that it runs is refused with what to raise', () => {
  const few = Object.assign(new Error('EMFILE: too many open files, open'), { code: 'EMFILE' });
  const died = new LiveswapError('THREAD_CRASHED', `Thread 0 died: ${few.message}.`, { cause: few });
  for (const cause of [few, died])
    expect(startFailed(artifact as never, name, cause).message).toContain('raise the limit of open files');
});

test('code that throws is refused without advice on limits', () => {
  const thrown = [
    new Error('no sword'),
    new Error('EAGAIN.'),
    Object.assign(new Error(''), { code: 'EAGAIN' }),
  ];
  for (const cause of thrown)
    expect(startFailed(artifact as never, name, cause).message).not.toContain('raise');
  expect(startFailed(artifact as never, name, 'no sword').message).not.toContain('raise');
  expect(startFailed(artifact as never, name, undefined).message).not.toContain('raise');
});
