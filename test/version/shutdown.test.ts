import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { Shutdown } from '../../lib/version/shutdown.js';
import { createVersionLife } from '../../lib/version/version-state.js';
import { deferred } from '../helpers/deferred.js';

const late = new LiveswapError('DRAIN_TIMEOUT', 'guardian is late.');
const gone = new LiveswapError('RETIRED', 'guardian has left.');
const cut = new LiveswapError('CLOSED', 'This swapper is closed.');

/** An active version that a test ends, and a record of the steps of that, in order. */
class Ending {
  readonly did: string[] = [];
  readonly failures: LiveswapError[] = [];
  readonly quiet = deferred();
  readonly dependents = deferred();
  readonly life = createVersionLife('guardian@00000000', (next) => this.did.push(next.kind));
  readonly shutdown = new Shutdown({
    life: this.life,
    settings: { drainMs: 60_000, freeMs: 1_000 },
    group: {
      balancer: { handOver: () => this.did.push('hand over'), refuse: () => this.did.push('refuse calls') },
      isIdle: false,
      announceDrain: async () => void this.did.push('announce'),
      whenIdle: () => this.quiet.promise,
      refuse: ({ code }) => this.did.push(`refuse ${code}`),
      interrupt: ({ code }) => this.did.push(`interrupt ${code}`),
      halt: async () => void this.did.push('halt'),
      free: async () => {
        this.did.push('free');
        return this.failures;
      },
      end: async ({ code }) => void this.did.push(`end ${code}`),
    },
    dependentsRetired: () => this.dependents.promise,
    onEnding: () => this.did.push('unwatch'),
    leavesBy: () => 'reload',
    exclusive: false,
    activity: { isActive: false, takeTurn: async () => () => {}, yield: async () => new Map() as never },
    late: () => late,
    gone: () => gone,
    emit: (event) => this.did.push(event.type),
  });

  constructor() {
    this.life.transition({ kind: 'ready' });
    this.life.transition({ kind: 'active' });
    this.did.length = 0;
  }
}

test('a version that drains is told so, waits for those that import it and for its calls, and is freed before it ends', async () => {
  const ending = new Ending();
  const drained = ending.shutdown.drain({ newest: () => {} });
  await expect.poll(() => ending.did).toEqual(['draining', 'hand over', 'announce']);
  ending.quiet.resolve();
  await new Promise(setImmediate);
  expect(ending.did).not.toContain('free');
  ending.dependents.resolve();
  await drained;
  await ending.shutdown.retired;
  expect(ending.did.slice(3)).toEqual(['refuse RETIRED', 'free', 'unwatch', 'end RETIRED', 'retired']);
});

test('calls that are pending after drainMs are rejected and interrupted, and the version is freed all the same', async () => {
  const ending = new Ending();
  ending.dependents.resolve();
  await ending.shutdown.drain({ drainMs: 1 });
  expect(ending.did.slice(2)).toEqual([
    'refuse DRAIN_TIMEOUT',
    'interrupt DRAIN_TIMEOUT',
    'refuse RETIRED',
    'free',
    'unwatch',
    'end RETIRED',
    'retired',
  ]);
});

test('an error while it is freed is reported, and it ends all the same', async () => {
  const ending = new Ending();
  ending.failures.push(new LiveswapError('HOOK_FAILED', 'onFree of guardian failed.'));
  ending.dependents.resolve();
  ending.quiet.resolve();
  await ending.shutdown.drain({});
  expect(ending.did.slice(-5)).toEqual(['free', 'hookFailed', 'unwatch', 'end RETIRED', 'retired']);
});

test('a version that is destroyed runs no hook, and is ended once', async () => {
  const ending = new Ending();
  await ending.shutdown.destroy(cut);
  await ending.shutdown.destroy(cut);
  expect(ending.did).toEqual(['refuse CLOSED', 'unwatch', 'end CLOSED', 'draining', 'retired']);
});

test('one that was given up is not tried again once it drains', async () => {
  const ending = new Ending();
  ending.life.transition({ kind: 'failed', error: cut });
  ending.dependents.resolve();
  ending.quiet.resolve();
  await ending.shutdown.drain({});
  expect(ending.did[1]).toBe('unwatch');
  expect(ending.did.at(-1)).toBe('retired');
});
