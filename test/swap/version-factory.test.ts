import { expect, test } from 'vitest';
import type { Manifest } from '../../lib/manifest/manifest.js';
import type { RunnableArtifact } from '../../lib/manifest/runnable-artifact.js';
import type { StaticPlugins } from '../../lib/static/static-plugins.js';
import { resolveOptions } from '../../lib/swap/resolve-options.js';
import type { SwapObserver } from '../../lib/swap/swap-observer.js';
import type { VaultHost } from '../../lib/swap/vault-host.js';
import { VersionFactory } from '../../lib/swap/version-factory.js';
import { candidate } from '../helpers/manifests.js';

/** Blocks the event loop for longer than a slice of a pace. */
function toil(): void {
  const until = performance.now() + 6;
  while (performance.now() < until);
}

test('the versions of a generation are made in order, over turns of the event loop', async () => {
  const seen: string[] = [];
  const artifacts = ['armory', 'guardian', 'herald', 'tower'].map((name): RunnableArtifact => {
    const { manifest: plain, hash, file } = candidate({ name });
    const note = (what: string): void => {
      if (seen.includes(`${what} ${name}`)) return;
      seen.push(`${what} ${name}`);
      toil();
    };
    const manifest: Manifest = {
      ...plain,
      // Read where its pool is chosen.
      get app() {
        note('pool');
        return undefined as never;
      },
      // Read by the version.
      get liveFunctions() {
        note('version');
        return [];
      },
    };
    const done = async (): Promise<void> => {};
    const copyElsewhere = (): Promise<string> => Promise.resolve('');
    return { manifest, hash, file, url: '', use: done, restore: done, copyElsewhere, release: done };
  });
  const linked = artifacts.map(({ manifest }) => {
    const module = { plugin: {}, symbols: {}, liveFunctions: {}, liveTypes: {}, bind: () => {} };
    return [manifest.name, { manifest, module }];
  });
  const settings = { ...resolveOptions({}), static: Object.fromEntries(linked) as StaticPlugins };
  const observer = { emit: () => {}, logger: { warn: () => {} } } as unknown as SwapObserver;
  const factory = new VersionFactory(settings, {} as VaultHost, observer, () => 1);
  const make = factory.batch(() => {});

  let isDone = false;
  const turns = (async (): Promise<void> => {
    while (!isDone) {
      await new Promise(setImmediate);
      seen.push('turn');
    }
  })();
  const versions = await Promise.all(artifacts.map((artifact) => make(artifact)));
  isDone = true;
  await turns;

  expect(versions.map(({ artifact }) => artifact)).toEqual(artifacts);
  expect([...factory.alive]).toEqual(versions);
  const made = seen.filter((one) => one !== 'turn');
  const names = ['armory', 'guardian', 'herald', 'tower'];
  expect(made.filter((one) => one.startsWith('pool'))).toEqual(names.map((name) => `pool ${name}`));
  expect(made.filter((one) => one.startsWith('version'))).toEqual(names.map((name) => `version ${name}`));
  const isSeparate = seen.every((one, at) => one === 'turn' || at === 0 || seen[at - 1] === 'turn');
  expect(isSeparate || seen.join()).toBe(true);
});
