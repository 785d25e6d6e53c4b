import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { LiveClasses, LiveData, isLiveData, isLiveDataWire } from '../../lib/live-data/live-data.js';
import type * as liveData from '../../lib/live-data/live-data.js';
import { tempFolder } from '../helpers/temp-folder.js';

type Module = typeof liveData;

/** Bundles the library twice, because each artifact brings a copy of its own. */
async function twoCopies(): Promise<{ armory: Module; forge: Module; armoryUrl: string }> {
  const folder = await tempFolder();
  const copy = async (name: string): Promise<string> => {
    const outfile = path.join(folder, `${name}.mjs`);
    const entryPoints = ['lib/live-data/live-data.ts'];
    await build({ entryPoints, outfile, bundle: true, minify: true, platform: 'node', format: 'esm' });
    return pathToFileURL(outfile).href;
  };
  const [armoryUrl, forgeUrl] = await Promise.all([copy('armory'), copy('forge')]);
  return {
    armory: (await import(armoryUrl)) as Module,
    forge: (await import(forgeUrl)) as Module,
    armoryUrl,
  };
}

describe('live data of another copy of the class', () => {
  it('is live data, for isLiveData and instanceof', async () => {
    const { armory, forge } = await twoCopies();
    const data: unknown = armory.LiveData.of('Live_Fire', { shots: 3 });
    expect(armory.LiveData).not.toBe(forge.LiveData);
    expect(isLiveData(data) && forge.isLiveData(data)).toBe(true);
    expect(data instanceof LiveData && data instanceof forge.LiveData).toBe(true);
  });

  it('can be wrapped, read and held by any of them', async () => {
    const { armory, forge } = await twoCopies();
    const data = armory.LiveData.of('Live_Fire', { shots: 3 });
    expect(forge.LiveData.from(data).type).toBe('Live_Fire');
    expect(forge.LiveData.wrap(data).unwrap()).toEqual({ shots: 3 });
    expect(forge.LiveData.parse(JSON.stringify(data)).unwrap()).toEqual({ shots: 3 });
    const { held } = LiveData.wrap({ held: data }).unwrap();
    expect(held.unwrap()).toEqual({ shots: 3 });
  });

  it('is revived by each copy with the classes it is bound to', async () => {
    const { armory, forge } = await twoCopies();
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
    const { armoryUrl } = await twoCopies();
    const steps = [new Date(0), -0, undefined];
    const worker = new Worker(
      `import { parentPort, workerData } from 'node:worker_threads';
       import { LiveData, isLiveDataWire } from ${JSON.stringify(armoryUrl)};
       const value = LiveData.from(workerData.job).unwrap();
       value.steps.push(isLiveDataWire(workerData.job));
       parentPort.postMessage({ job: LiveData.of('Live_Job', value) });`,
      {
        eval: true,
        execArgv: ['--input-type=module'],
        workerData: { job: LiveData.of('Live_Job', { steps, list: new Map([[1n, steps]]) }) },
      },
    );
    const [answer] = (await once(worker, 'message')) as [{ job: unknown }];
    await worker.terminate();
    expect(isLiveDataWire(answer.job)).toBe(true);
    const returned = [...steps, true];
    expect(LiveData.from(answer.job).unwrap()).toStrictEqual({
      steps: returned,
      list: new Map([[1n, returned]]),
    });
  });
});
