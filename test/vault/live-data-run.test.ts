import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { build } from '../../lib/build/index.js';
import { isLiveData, LiveData, Swapper } from '../../lib/index.js';
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
    export async function live_inspect(data: LiveData<Live_Fire>, note: string) {
      const fire = data.unwrap();
      return [fire instanceof Live_Fire, data instanceof LiveData, fire.target, note];
    }
    export async function live_pass(data: LiveData) {
      return context.vault.run(data);
    }
    export default definePlugin({});
  `,
};

it('waits in a queue across a reload, in any form, and is done by the newest class', async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const release = async (guardian: Files): Promise<void> => {
    const sources = await writePlugins(folder, { guardian });
    await build({ sources, outDir });
  };
  await release(older);
  const swapper = new Swapper(outDir, { standby: false });
  onTestFinished(() => swapper.destroy());
  await swapper.load();
  const data = (await swapper.call('live_order', 3)) as LiveData;
  expect(isLiveData(data)).toBe(true);
  expect(data.unwrap()).toEqual({ shots: 3, at: new Date(0) });
  const queue = [data, data.toJSON(), JSON.stringify(data)];
  await expect(swapper.run(data)).resolves.toBe('old');

  await release(newer);
  await swapper.reload();
  for (const waiting of queue) await expect(swapper.run(waiting)).resolves.toBe('3 at the gate since 0');
  await expect(swapper.call('live_inspect', data, 'hail')).resolves.toEqual([true, true, 'gate', 'hail']);
  await expect(swapper.call('live_pass', data)).resolves.toBe('3 at the gate since 0');

  const wrong = LiveData.of('Live_Fire', { shots: 'three' });
  const refusal: unknown = await swapper.run(wrong).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'LIVE_DATA_MISMATCH',
    path: 'shots',
    expected: 'number',
    got: 'string',
  });
  expect(LiveData.from((refusal as { data: unknown }).data)).toEqual(wrong);
});
