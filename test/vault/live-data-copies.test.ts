import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveClasses, LiveData, isLiveData, isLiveDataWire } from '../../lib/vault/live-data.js';
import { tempFolder } from '../helpers/temp-folder.js';

type Module = typeof import('../../lib/vault/live-data.js');

/** Artifacts bring copies of their own: here two bundles, as two plugins would have them. */
describe('live data of another copy of the class', () => {
  let armory: Module;
  let forge: Module;
  let folder: Awaited<ReturnType<typeof tempFolder>>;

  beforeAll(async () => {
    folder = await tempFolder();
    const copies = await Promise.all(
      ['armory.mjs', 'forge.mjs'].map(async (name) => {
        const outfile = path.join(folder, name);
        await build({
          entryPoints: ['lib/vault/live-data.ts'],
          bundle: true,
          minify: true,
          platform: 'node',
          format: 'esm',
          outfile,
          logLevel: 'silent',
        });
        return (await import(pathToFileURL(outfile).href)) as Module;
      }),
    );
    [armory, forge] = copies as [Module, Module];
  });

  it('is live data, for isLiveData and instanceof', () => {
    const data: unknown = armory.LiveData.of('Live_Fire', { shots: 3 });
    expect(armory.LiveData).not.toBe(forge.LiveData);
    expect(isLiveData(data) && forge.isLiveData(data)).toBe(true);
    expect(data instanceof LiveData && data instanceof forge.LiveData).toBe(true);
  });

  it('can be wrapped, read and held by any of them', () => {
    const data = armory.LiveData.of('Live_Fire', { shots: 3 });
    expect(forge.LiveData.from(data).type).toBe('Live_Fire');
    expect(forge.LiveData.wrap(data).unwrap()).toEqual({ shots: 3 });
    expect(forge.LiveData.parse(JSON.stringify(data)).unwrap()).toEqual({ shots: 3 });
    const { held } = LiveData.wrap({ held: data }).unwrap();
    expect(held.unwrap()).toEqual({ shots: 3 });
  });

  it('is revived by each copy with the classes it is bound to', () => {
    class Live_Fire {
      shots = 1;
    }
    armory.bindLiveClasses(new LiveClasses({ Live_Fire }));
    const wire = structuredClone(armory.LiveData.wrap(new Live_Fire()));
    expect(armory.LiveData.from(wire).unwrap()).toBeInstanceOf(Live_Fire);
    expect(forge.LiveData.from(wire).unwrap()).not.toBeInstanceOf(Live_Fire);
    expect(forge.LiveData.from(wire).unwrap()).toEqual({ shots: 1 });
  });

  it('crosses to a thread and back', async () => {
    const worker = new Worker(
      `import { parentPort } from 'node:worker_threads';
       import { LiveData, isLiveDataWire } from ${JSON.stringify(pathToFileURL(path.join(folder, 'armory.mjs')).href)};
       parentPort.once('message', ({ job }) => {
         const value = LiveData.from(job).unwrap();
         value.steps.push(isLiveDataWire(job));
         parentPort.postMessage({ job: LiveData.of('Live_Job', value) });
       });`,
      { eval: true, execArgv: ['--input-type=module'] },
    );
    const steps = [new Date(0), -0, undefined];
    worker.postMessage({ job: LiveData.of('Live_Job', { steps, list: new Map([[1n, steps]]) }) });
    const [answer] = (await once(worker, 'message')) as [{ job: unknown }];
    await worker.terminate();
    expect(isLiveDataWire(answer.job)).toBe(true);
    const returned = [...steps, true];
    expect(LiveData.from(answer.job).unwrap()).toStrictEqual({ steps: returned, list: new Map([[1n, returned]]) });
  });
});
