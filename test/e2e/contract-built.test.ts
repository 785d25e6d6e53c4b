import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSwapper } from '../helpers/open-swapper.js';
import { withPage } from '../helpers/with-page.js';
import { Workshop } from '../helpers/workshop.js';

const plugins = {
  armory: {
    'index.ts': `
import { definePlugin, type ExportsOf } from 'liveswap/plugin';
const plugin = definePlugin({ exports: { sword: (length: number) => \`sword of \${length}\` } });
export default plugin;
export type ArmoryApi = ExportsOf<typeof plugin>;
`,
  },
  guardian: {
    'index.ts': `
import { definePlugin } from 'liveswap/plugin';
export default definePlugin({});
`,
    'deps.ts': `
import { importPlugin } from 'liveswap/plugin';
import type { ArmoryApi } from '../armory/index.js';
export const armory = importPlugin<ArmoryApi>('armory');
`,
    'watch.ts': `
import { armory } from './deps.js';
export async function live_arm(name: string): Promise<string> {
  return \`\${name} has a \${await armory.sword(3)}\`;
}
`,
  },
};

test('the build records which methods of another plugin one needs, and the reload checks them', async () => {
  const workshop = await Workshop.open(plugins);
  const swapper = openSwapper(workshop.outDir);
  await swapper.load();
  const live = swapper.live<{ live_arm(name: string): Promise<string> }>();
  expect(await live.live_arm('Kay')).toBe('Kay has a sword of 3');
  expect(await readFile(join(workshop.outDir, 'live.d.ts'), 'utf8')).toContain(
    'live_arm: (name: string) => Promise<string>',
  );

  // Another type: guardian does not fit any more, whoever builds it.
  await workshop.edit('armory/index.ts', '(length: number)', '(length: string)');
  await workshop.build();
  await expect(swapper.reload()).rejects.toMatchObject({
    cause: {
      code: 'IMPORT_MISMATCH',
      plugin: 'guardian',
      dependency: 'armory',
      method: 'sword',
      message: expect.stringMatching(/\(length: number\) => .*, but armory exports \(length: string\) => /),
    },
  });
  await workshop.edit('armory/index.ts', /sword: .*}`/, 'shield: () => `none`');
  await workshop.build();
  await expect(swapper.reload()).rejects.toMatchObject({
    cause: {
      code: 'IMPORT_MISMATCH',
      message: withPage(
        'IMPORT_MISMATCH',
        'guardian needs armory.sword(), which armory does not export; it exports shield.',
      ),
    },
  });
  expect(await live.live_arm('Kay')).toBe('Kay has a sword of 3');

  // The same type: guardian is bound to the new armory as it is.
  await workshop.edit(
    'armory/index.ts',
    'shield: () => `none`',
    'sword: (length: number) => `blade of ${length}`',
  );
  await workshop.build();
  expect(await swapper.reload()).toEqual({ armory: 'ok', guardian: 'relinked' });
  expect(await live.live_arm('Kay')).toBe('Kay has a blade of 3');
});
