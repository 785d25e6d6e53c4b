import { expect, test } from 'vitest';
import { IdleWatch, type IdleWatchDeps } from '../../lib/version/idle-watch.js';
import type { ThreadHandle } from '../../lib/version/thread-handle.js';

/** A thread that runs `onIdle` when it is asked whether it is idle. */
interface FakeThread {
  held: number;
  death?: Error;
  readonly asked: string[];
  onIdle: () => Promise<void>;
}

function fakeThread(given: Partial<FakeThread> = {}): FakeThread {
  return { held: 0, asked: [], onIdle: async () => {}, ...given };
}

/** Returns a handle that reads the state when asked, as a real handle reads a thread's gauge. */
function handleOf(thread: FakeThread): ThreadHandle {
  const handle = {
    gauge: {
      running: 0,
      get held() {
        return thread.held;
      },
    },
    link: { pulled: { open: 0 } },
    ask: async (method: string) => {
      thread.asked.push(method);
      await new Promise(setImmediate);
      await thread.onIdle();
    },
  };
  return Object.setPrototypeOf(handle, thread) as ThreadHandle;
}

function watchOver(threads: readonly FakeThread[], deps: Partial<IdleWatchDeps> = {}): IdleWatch {
  return new IdleWatch({
    roster: { threads: threads.map(handleOf), connectionOf: () => undefined },
    balancer: { pending: 0, queued: 0, whenIdle: async () => {} },
    outsideWork: { isIdle: true, whenIdle: async () => {} },
    importers: () => [],
    ...deps,
  });
}

test('a group is idle when no call is pending or waits, no other work runs, and no living thread holds anything', () => {
  const dead = fakeThread({ held: 3, death: new Error('it fell') });
  expect(watchOver([fakeThread(), dead]).isIdle).toBe(true);
  expect(watchOver([fakeThread({ held: 1 })]).isIdle).toBe(false);
  const calls = (pending: number, queued: number) => ({ pending, queued, whenIdle: async () => {} });
  expect(watchOver([], { balancer: calls(1, 0) }).isIdle).toBe(false);
  expect(watchOver([], { balancer: calls(0, 1) }).isIdle).toBe(false);
  expect(watchOver([], { outsideWork: { isIdle: false, whenIdle: async () => {} } }).isIdle).toBe(false);
});

test('a group also waits for work that begins while it is asked if it is idle', async () => {
  const thread = fakeThread({ held: 1 });
  let asked = 0;
  thread.onIdle = async () => {
    asked++;
    // At the first answer, the thread has opened something else meanwhile; at the second, it holds nothing.
    if (asked === 2) thread.held = 0;
  };
  const watch = watchOver([thread]);
  await watch.whenIdle();
  expect(thread.asked).toEqual(['idle', 'idle']);
  expect(watch.isIdle).toBe(true);
});

test.each([
  ['a group', (watch: IdleWatch) => watch.whenIdle()],
  ['one thread', (watch: IdleWatch, thread: FakeThread) => watch.whenQuiet(handleOf(thread))],
])('an answer that is lost says nothing about %s: it is asked again', async (_what, wait) => {
  const thread = fakeThread({ held: 1 });
  thread.onIdle = async () => {
    if (thread.asked.length === 1) throw new Error('everything pending on the link was given up');
    thread.held = 0;
  };
  await wait(watchOver([thread]), thread);
  expect(thread.asked).toEqual(['idle', 'idle']);
});

test('a thread that holds nothing is quiet without being asked: it may be stuck', async () => {
  const stuck = fakeThread({ onIdle: () => new Promise(() => {}) });
  await watchOver([stuck]).whenQuiet(handleOf(stuck));
  expect(stuck.asked).toEqual([]);
});

test('a thread that dies while it holds something is quiet', async () => {
  const thread = fakeThread({ held: 2 });
  thread.onIdle = async () => {
    thread.death = new Error('it fell');
  };
  await watchOver([thread]).whenQuiet(handleOf(thread));
  expect(thread.asked).toEqual(['idle']);
});
