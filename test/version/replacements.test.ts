import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import type { Connection } from '../../lib/dispatch/connection.js';
import { Replacements, type ReplacementsDeps } from '../../lib/version/replacements.js';
import { Roster } from '../../lib/version/roster.js';
import type { ThreadHandle } from '../../lib/version/thread-handle.js';

const crash = new LiveswapError('THREAD_CRASHED', 'Thread 0 of guardian@00000000 died.');

function fakeThread(death?: LiveswapError): ThreadHandle {
  const thread = {
    name: { plugin: 'guardian', version: '00000000', thread: 0 },
    death,
    link: {},
    fail(error: LiveswapError) {
      thread.death = error;
    },
    ask: async () => undefined,
  };
  return thread as unknown as ThreadHandle;
}

/** Makes replacements in the place of `former`, with fakes that record each step. */
function replacing(former: ThreadHandle, deps: Partial<ReplacementsDeps> = {}) {
  const roster = new Roster<ThreadHandle>();
  roster.place(former);
  const done: string[] = [];
  const note = (what: string) => async (): Promise<never> => void done.push(what) as never;
  const steps = {
    restore: note('restore'),
    import: async (_thread: ThreadHandle, cause: string) => void done.push(`import after ${cause}`),
    openImports: note('openImports'),
    run: async (_threads: readonly ThreadHandle[], method: string) => void done.push(method),
    free: async (_threads: readonly ThreadHandle[], cause: string) => void done.push(`free after ${cause}`),
  };
  const replacements = new Replacements({
    roster,
    balancer: { add: () => ({}) as Connection, widen: () => void done.push('widen') },
    importers: { linkEarly: () => void done.push('linkEarly'), link: () => void done.push('link') },
    steps: steps as never,
    spawn: () => fakeThread(),
    data: () => undefined,
    pourLatest: async () => {},
    isAwaitedInTurn: () => false,
    takeIn: async () => {
      done.push('takeIn');
      return () => void done.push('takes over');
    },
    withdraw(thread) {
      done.push('withdraw');
      roster.leave(thread);
    },
    ...deps,
  });
  return { roster, done, replacements };
}

/** Replaces `former`; see {@link replacing}. */
async function replace(former: ThreadHandle, deps: Partial<ReplacementsDeps> = {}) {
  const { roster, done, replacements } = replacing(former, deps);
  const outcome = await replacements
    .replace(0, () => [])
    .then(
      (thread) => ({ thread }),
      (error: unknown) => ({ error }),
    );
  return { roster, done, outcome };
}

test('a new thread goes through every step before it takes calls in the place of a dead one', async () => {
  const { done, roster } = await replace(fakeThread(crash));
  expect(done).toEqual([
    'restore',
    'import after crash',
    'exports',
    'openImports',
    'openResources',
    'load',
    'linkEarly',
    'init',
    'takeIn',
    'link',
    'widen',
    'takes over',
  ]);
  expect(roster.threads.filter((thread) => roster.isComing(thread))).toEqual([]);
});

test('a living thread keeps its place until the new one takes calls, and is withdrawn then', async () => {
  const former = fakeThread();
  const { done, roster } = await replace(former);
  expect(done).toContain('import after recycle');
  expect(done.indexOf('withdraw')).toBeGreaterThan(done.indexOf('takeIn'));
  expect(roster.isLeaving(former)).toBe(true);
  expect(roster.livingAt(0)).not.toBe(former);
});

test('a new thread that fails halfway is freed and ended, and the living one stays', async () => {
  const former = fakeThread();
  const refused = new LiveswapError('HOOK_FAILED', 'onActive of guardian failed.');
  const { done, roster, outcome } = await replace(former, {
    takeIn: async () => {
      throw refused;
    },
  });
  expect(outcome).toEqual({ error: refused });
  expect(done.at(-1)).toBe('free after recycle');
  expect(done).not.toContain('withdraw');
  expect(roster.threads).toEqual([former]);
  expect(roster.livingAt(0)).toBe(former);
});

test('replacements of one thread follow each other: the next one hands over from the thread of the one before', async () => {
  const former = fakeThread();
  const handing: (ThreadHandle | undefined)[] = [];
  const { roster, replacements } = replacing(former, {
    takeIn: async (_thread, from) => {
      handing.push(from);
      return () => {};
    },
  });
  const first = replacements.replace(0, () => []);
  const second = replacements.replace(0, () => []);
  expect(await replacements.isFilled(0)).toBe(true);
  expect(handing).toEqual([former, await first]);
  expect(roster.livingAt(0)).toBe(await second);
});
