import { describe, expect, it } from 'vitest';
import { useBuilt } from '../helpers/modes.js';

const swapperOf = useBuilt({
  guardian: {
    'index.ts': `
      import { context, definePlugin } from 'liveswap/plugin';
      import { threadId } from 'node:worker_threads';
      export default definePlugin({});
      export const live_where = () => ({ threadId, ...context.thread });
      export function live_log() { console.log('on watch'); }`,
  },
});

// docs/static-linking.md lists these, and nothing else.
describe('a statically linked plugin, unlike one in threads,', () => {
  it('runs in the thread of the host, alone whatever threads says', async () => {
    const { threadId } = await import('node:worker_threads');
    const swapper = await swapperOf('static', { threads: 4 });
    await swapper.load();
    expect(await swapper.call('live_where')).toEqual({ threadId, index: 0, count: 1 });
  });

  it('cannot be swapped: reload and rollback are refused', async () => {
    const swapper = await swapperOf('static');
    await swapper.load();
    await expect(swapper.reload()).rejects.toMatchObject({ code: 'STATIC_LINKING' });
    await expect(swapper.rollback()).rejects.toMatchObject({ code: 'STATIC_LINKING' });
    expect(await swapper.call('live_where')).toMatchObject({ index: 0 });
  });

  it('serves one swapper at a time', async () => {
    const first = await swapperOf('static');
    await first.load();
    const second = await swapperOf('static');
    await expect(second.load()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      cause: { code: 'STATIC_LINKING' },
    });
    await first.close();
    await second.load();
    expect(await second.call('live_where')).toMatchObject({ index: 0 });
  });
});
