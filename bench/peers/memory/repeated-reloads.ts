import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { artifactFileName } from '../../../lib/manifest/artifact.js';
import type { ArtifactModule } from '../../../lib/plugin/artifact-module.js';
import { Edition } from '../../workload/editions.js';
import { openLiveswap } from '../restart/liveswap.js';
import { openNewWorker } from '../restart/new-worker.js';
import type { EditionPeer } from '../restart/edition-peer.js';

export type RepeatKind = 'liveswap' | 'worker' | 'import';

/** Plugin to reload, and the number of times. */
export interface RepeatTask {
  readonly kind: RepeatKind;
  /** Folder of the artifacts. */
  readonly folder: string;
  readonly plugin: string;
  readonly reloads: number;
}

const { kind, folder, plugin, reloads } = JSON.parse(process.argv[2] as string) as RepeatTask;

const open: Readonly<Record<RepeatKind, () => Promise<EditionPeer>>> = {
  liveswap: () => openLiveswap({ name: kind, folder, plugins: [plugin], threads: 1, standby: false }),
  worker: async () => openNewWorker({ folder, plugins: [plugin], threads: 1 }),
  import: async () => importPeer(),
};

const peer = await open[kind]();
const edition = new Edition(folder);
const heaps: number[] = [];
for (let count = 0; count < reloads; count++) {
  await peer.swap(await edition.publish([plugin]));
  await peer.settled();
  await setImmediate();
  globalThis.gc?.();
  heaps.push(process.memoryUsage().heapUsed);
}
process.send?.(heaps);

/**
 * Returns a peer that imports a module of this thread under another URL each time: it isolates nothing, and nothing is ever
 * freed.
 */
function importPeer(): EditionPeer {
  const url = pathToFileURL(join(folder, artifactFileName(plugin))).href;
  return {
    name: kind,
    swap: async (wanted) => {
      const { liveFunctions } = (await import(`${url}?v=${wanted}`)) as ArtifactModule;
      const ask = liveFunctions[`live_edition_${plugin}`] as unknown as () => Promise<string>;
      if ((await ask()) !== wanted) throw new Error(`The module did not answer ${wanted}.`);
    },
    settled: async () => {},
    close: async () => {},
  };
}
