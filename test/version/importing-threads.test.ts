import { expect, onTestFinished, test, vi } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { ImportingThreads } from '../../lib/version/importing-threads.js';
import type { ThreadHandle } from '../../lib/version/thread-handle.js';

type Ask = (method: string) => Promise<unknown>;

function threadOf(plugin: string, ask: Ask): ThreadHandle {
  return { name: { plugin, version: '00000000', thread: 0 }, id: 7, ask } as unknown as ThreadHandle;
}

test('an importer whose link gave up all that was under way is linked again, and harms nobody meanwhile', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  onTestFinished(() => void process.off('unhandledRejection', unhandled));
  const asked: string[] = [];
  const pending: ((error: unknown) => void)[] = [];
  const importer = threadOf('guardian', (method) => {
    asked.push(method);
    return new Promise((_resolve, reject) => pending.push(reject));
  });
  const thread = threadOf('armory', async () => undefined);
  const importing = new ImportingThreads('armory', () => [importer]);
  importing.linkEarly(thread);
  importing.link(thread);
  expect(asked).toEqual(['bindImport', 'importIsUp']);
  for (const reject of pending) reject(new LiveswapError('NOT_CLONEABLE', 'A frame could not be read.'));
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  expect(asked).toEqual(['bindImport', 'importIsUp', 'bindImport']);
  expect(unhandled).not.toHaveBeenCalled();
});

test('one that is told that the thread is up is not linked twice', async () => {
  const asked: string[] = [];
  const importer = threadOf('guardian', async (method) => {
    asked.push(method);
    return method === 'bindImport' ? true : undefined;
  });
  const importing = new ImportingThreads('armory', () => [importer]);
  const thread = threadOf('armory', async () => undefined);
  importing.linkEarly(thread);
  importing.link(thread);
  await new Promise(setImmediate);
  expect(asked).toEqual(['bindImport', 'importIsUp']);
});
