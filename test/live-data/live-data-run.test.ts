import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { isLiveData, isLiveswapError, LiveData } from '../../lib/index.js';
import { modes, useBuilt } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins, type Files } from '../helpers/write-plugins.js';

const older: Files = {
  'index.ts': `
    import { definePlugin, LiveData } from 'liveswap/plugin';
    export class Live_Fire { shots = 1; at = new Date(0); handle() { return 'old'; } }
    export async function live_order(shots: number) {
      const fire = new Live_Fire();
      fire.shots = shots;
      return LiveData.wrap(fire);
    }
    export default definePlugin({});
  `,
};

const newer: Files = {
  'index.ts': `
    import { context, definePlugin, LiveData } from 'liveswap/plugin';
    export class Live_Fire {
      shots = 1;
      at = new Date(0);
      target = 'gate';
      handle() { return \`\${this.shots} at the \${this.target} since \${this.at.getTime()}\`; }
    }
    export class Live_Peace { years = 1; }
    export class Live_Siege {
      static upcast({ days, ...fields }: Record<string, unknown>) { return { ...fields, weeks: Number(days) / 7 }; }
      weeks = 0;
      handle() { return this.weeks; }
    }
    export class Live_Loss { handle(): never { throw new RangeError('no shots left'); } }
    export async function live_inspect(data: LiveData<Live_Fire>, note: string) {
      const fire = data.unwrap();
      return [fire instanceof Live_Fire, data instanceof LiveData, fire.target, note];
    }
    export const live_aim = (target: string) => LiveData.wrap(Object.assign(new Live_Fire(), { target }));
    export default definePlugin({});
  `,
};

const herald: Files = {
  'index.ts': `
    import { context, definePlugin, LiveData } from 'liveswap/plugin';
    export const live_pass = (data: LiveData) => context.vault.run(data);
    export const live_pass_text = (text: string) => context.vault.run(text);
    export const live_open = (data: LiveData) => data.unwrap();
    export const live_guard = (value: unknown) => JSON.stringify(LiveData.wrap(value));
    export const live_promise = () => LiveData.wrap({ steps: [{ done: async () => {} }] });
    export default definePlugin({});
  `,
};

const swapperOf = useBuilt({ guardian: newer, herald });

describe.each(modes)('in mode %s, live data', (mode) => {
  it('is done by the handle() of its class, whatever form it has waited in', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const data = LiveData.of('Live_Fire', { shots: 3, unknown: true });
    const queue = [data, data.toJSON(), JSON.stringify(data), structuredClone(data.toJSON())];
    for (const waiting of queue) expect(await swapper.run(waiting)).toBe('3 at the gate since 0');
    expect(await swapper.with({ timeoutMs: 60_000 }).run(data)).toBe('3 at the gate since 0');
    expect(await swapper.run(LiveData.of('Live_Siege', { days: 21 }))).toBe(3);
    await expect(swapper.run(LiveData.of('Live_Loss', {}))).rejects.toThrow(RangeError);
  });

  it('made by a plugin is live data to the host, to the plugin that has its class, and to another', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const data = (await swapper.call('live_aim', 'bridge')) as LiveData;
    expect([isLiveData(data), data.type]).toEqual([true, 'Live_Fire']);
    expect(data.unwrap()).toEqual({ shots: 1, at: new Date(0), target: 'bridge' });
    expect(await swapper.call('live_inspect', data, 'hail')).toEqual([true, true, 'bridge', 'hail']);
    expect(await swapper.call('live_open', data)).toEqual({ shots: 1, at: new Date(0), target: 'bridge' });
    expect(await swapper.call('live_pass', data)).toBe('1 at the bridge since 0');
    expect(await swapper.call('live_pass_text', JSON.stringify(data))).toBe('1 at the bridge since 0');
  });

  it('is guarded in a plugin as in the host: exactly, or not at all, with the path', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const ring: { of?: unknown } = {};
    ring.of = ring;
    const value = [new Date(0), new Map([[1n, new Set([NaN, -0])]]), undefined, new Uint8Array([1, 2]), ring];
    const written = (await swapper.call('live_guard', value)) as string;
    expect(written).toBe(JSON.stringify(LiveData.wrap(value)));
    expect(LiveData.parse(written).unwrap()).toEqual(value);
    expect(await swapper.call('live_open', LiveData.parse(written))).toEqual(value);
    const refused = { code: 'LIVE_DATA_INVALID', path: 'steps[0].done' };
    await expect(swapper.call('live_promise')).rejects.toMatchObject(refused);
    expect(() => LiveData.wrap({ steps: [{ done: async () => {} }] })).toThrow(
      expect.objectContaining(refused),
    );
  });

  it('of a type that nobody owns, or that has nothing to do, is a clear error that keeps the data', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const undone = [
      { job: LiveData.of('Live_Water', { litres: 9 }), code: 'TYPE_UNKNOWN' },
      { job: LiveData.of('Live_Peace', { years: 7 }), code: 'HANDLE_MISSING' },
    ];
    for (const { job, code } of undone) {
      for (const lost of [swapper.run(job), swapper.call('live_pass', job)]) {
        const error: unknown = await lost.catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code, liveType: job.type });
        expect(isLiveswapError(error) && LiveData.from(error['data'])).toEqual(job);
      }
    }
    await expect(swapper.run(LiveData.wrap({ litres: 9 }))).rejects.toMatchObject({
      code: 'LIVE_DATA_INVALID',
      message: expect.stringContaining('without a live type'),
    });
    await expect(swapper.run('{ litres')).rejects.toMatchObject({ code: 'LIVE_DATA_INVALID' });
  });

  it('that does not fit the class any more is refused with where, and keeps the data', async () => {
    const swapper = await swapperOf(mode);
    await swapper.load();
    const wrong = LiveData.of('Live_Fire', { shots: 'three' });
    for (const refused of [swapper.run(wrong), swapper.call('live_pass', wrong)]) {
      const refusal: unknown = await refused.catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: 'LIVE_DATA_MISMATCH',
        path: 'shots',
        expected: 'number',
        got: 'string',
      });
      expect(LiveData.from((refusal as { data: unknown }).data)).toEqual(wrong);
    }
  });
});

it('waits in a queue across a reload, in any form, and is done by the newest class', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const release = async (guardian: Files): Promise<void> => {
    const sources = await writePlugins(folder, { guardian });
    await build({ sources, outDir });
  };
  await release(older);
  const swapper = openSwapper(outDir);
  await swapper.load();
  const data = (await swapper.call('live_order', 3)) as LiveData;
  const queue = [data, data.toJSON(), JSON.stringify(data)];
  await expect(swapper.run(data)).resolves.toBe('old');

  await release(newer);
  await swapper.reload();
  for (const waiting of queue) await expect(swapper.run(waiting)).resolves.toBe('3 at the gate since 0');
  await expect(swapper.call('live_inspect', data, 'hail')).resolves.toEqual([true, true, 'gate', 'hail']);
});
