import { fileURLToPath } from 'node:url';
import type { Swapper } from '../../../lib/index.js';

/** The library that is imported and asked for its first answer. */
export type StartKind = 'liveswap' | 'piscina' | 'worker';

/** Milliseconds since this process began to import. */
export interface Start {
  readonly imported: number;
  readonly answered: number;
}

/** The library to measure, and the folder of liveswap's artifact. */
export interface StartTask {
  readonly kind: StartKind;
  readonly folder: string;
}

/** The name that users import, which leads to the bundled files. */
const PACKAGE: string = 'liveswap';

const { kind, folder } = JSON.parse(process.argv[2] as string) as StartTask;
const poolTask = fileURLToPath(new URL('../calls/piscina-worker.js', import.meta.url));

const starts: Readonly<Record<StartKind, (imported: () => void) => Promise<unknown>>> = {
  liveswap: async (imported) => {
    const liveswap = (await import(PACKAGE)) as { Swapper: typeof Swapper };
    imported();
    const swapper = new liveswap.Swapper(folder, { standby: false });
    await swapper.load();
    return swapper.call('live_salute');
  },
  piscina: async (imported) => {
    const { Piscina } = await import('piscina');
    imported();
    const pool = new Piscina({ filename: poolTask, minThreads: 1, maxThreads: 1 });
    return pool.run(undefined, { name: 'salute' });
  },
  worker: async (imported) => {
    const { Worker } = await import('node:worker_threads');
    imported();
    const worker = new Worker("require('node:worker_threads').parentPort.postMessage('Hail')", {
      eval: true,
    });
    return new Promise((resolve) => worker.once('message', resolve));
  },
};

const began = performance.now();
let afterImport = began;
await starts[kind](() => (afterImport = performance.now()));
const start: Start = { imported: afterImport - began, answered: performance.now() - began };
process.send?.(start, () => process.exit());
