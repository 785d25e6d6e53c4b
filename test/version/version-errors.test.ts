import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { startFailed } from '../../lib/version/version-errors.js';

const artifact = { manifest: { name: 'guardian' }, hash: '00000000', file: 'guardian.plugin.mjs' };
const name = { plugin: 'guardian', version: '00000000', thread: 0 };

test('a thread for which the process has no descriptor left is refused with what to raise', () => {
  const died = 'Thread 0 of guardian@00000000 died: Worker initialization failure: EMFILE.';
  const cause = new LiveswapError('THREAD_CRASHED', died);
  expect(startFailed(artifact as never, name, cause)).toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining(
      'EMFILE; raise the limit of open files of this process (ulimit -n).',
    ) as string,
    cause,
  });
  expect(startFailed(artifact as never, name, new Error('no sword')).message).not.toContain('ulimit');
});
