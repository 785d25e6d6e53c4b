import { expect, test } from 'vitest';
import { checkRoom, type Ceiling } from '../../lib/pool/room.js';

const maps: Ceiling = { limit: 'vm.max_map_count', what: 'memory maps', aThread: 47, available: 4_700 };
const unknown: Ceiling = { limit: 'ulimit -n', what: 'file descriptors', aThread: 4, available: undefined };

test('as many threads as there is room for are made, and one more is refused with the arithmetic', async () => {
  await checkRoom(100, async () => [unknown, maps]);
  await expect(checkRoom(101, async () => [unknown, maps])).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    limit: 'vm.max_map_count',
    needed: 4_747,
    available: 4_700,
    message: expect.stringMatching(/101 threads: each takes 47 memory maps, 4747 in all, and 4700 are left/),
  });
});

test('for a few threads nothing is measured', async () => {
  await checkRoom(7, () => Promise.reject(new Error('not asked')));
});

test.runIf(process.platform === 'linux')('the ceilings of this process are known', async () => {
  await checkRoom(8);
  await expect(checkRoom(1_000_000)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
