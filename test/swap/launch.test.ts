import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { launch } from '../../lib/swap/launch.js';
import type { Version } from '../../lib/version/version.js';

/** Keeps the event loop busy for longer than a launch may, so that the next step waits for a later turn. */
function toil(): void {
  const until = performance.now() + 20;
  while (performance.now() < until);
}

type Step = 'start' | 'init';

/** Returns a version that notes in `begun` which of its steps have begun. */
function versionOf(plugin: string, begun: string[], steps: Partial<Record<Step, () => void>> = {}): Version {
  const step = (name: Step) => async (): Promise<void> => {
    begun.push(`${name} of ${plugin}`);
    steps[name]?.();
  };
  const nothing = async (): Promise<void> => {};
  const version = {
    plugin,
    state: { kind: 'starting' },
    exclusive: false,
    threads: [],
    artifact: { manifest: { name: plugin, imports: [] } },
    definition: { exports: [], reloadable: true, askReloadable: nothing, askExports: nothing },
    group: { open: () => {} },
    connect: nothing,
    load: nothing,
    start: step('start'),
    init: step('init'),
    ready: () => void begun.push(`${plugin} is ready`),
  };
  return version as unknown as Version;
}

/** Launches versions, and gives them up at once if that fails. */
async function launched(versions: readonly Version[], signal: AbortSignal): Promise<void> {
  const members = versions.map((version) => ({ version, note: 'new' }) as never);
  const deps = { cause: 'load', signal, openVault: () => {}, carryOver: async () => {} } as const;
  try {
    await launch(members, undefined, deps);
  } catch (error) {
    for (const version of versions) Object.assign(version, { state: { kind: 'failed', error } });
    throw error;
  }
}

/** Resolves when whatever waited for a turn of the event loop has had one. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}

test('a version that waits for its turn is not started once another one has failed', async () => {
  const begun: string[] = [];
  const armory = versionOf('armory', begun, {
    start: () => {
      toil();
      throw new LiveswapError('START_FAILED', 'armory does not start.');
    },
  });
  const failed = launched([armory, versionOf('guardian', begun)], new AbortController().signal);
  await expect(failed).rejects.toThrow('armory does not start.');
  await turns();
  expect(begun).toEqual(['start of armory']);
});

test('a launch that is aborted while a step waits for its turn begins no other', async () => {
  const begun: string[] = [];
  const closing = new AbortController();
  const armory = versionOf('armory', begun, {
    init: () => {
      setImmediate(() => closing.abort(new LiveswapError('CLOSED', 'This swapper is closed.')));
      toil();
    },
  });
  const aborted = launched([armory, versionOf('guardian', begun)], closing.signal);
  await expect(aborted).rejects.toMatchObject({ code: 'CLOSED' });
  await turns();
  expect(begun).toEqual(['start of armory', 'start of guardian', 'init of armory']);
});
