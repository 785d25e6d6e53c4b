import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { build } from '../../lib/build/index.js';
import type { ArtifactModule } from '../../lib/plugin/artifact-module.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins } from '../helpers/write-plugins.js';

const guardian = {
  'index.ts': `
    import { definePlugin } from 'liveswap/plugin';
    export const motto = 'Stand';
    export default definePlugin({ functions: { polish: (times: number) => \`Polished \${times} times.\` } });
  `,
  'jobs/roll-call.ts': `
    import { context } from 'liveswap/plugin';
    /** @idempotent */
    export async function live_answerRollCall(name: string): Promise<string> {
      return \`\${name} of \${context.plugin}\`;
    }
    export class Live_Fire { shots = 1; async handle() {} }
  `,
};

test('an artifact exports the plugin, its symbols and its live symbols', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { guardian });
  const { plugins } = await build({ sources, outDir: join(folder, 'out') });
  const file = join(folder, 'out', 'guardian.plugin.mjs');
  expect(plugins.map((plugin) => plugin.artifact.file)).toEqual([file]);

  const artifact = (await import(pathToFileURL(file).href)) as ArtifactModule;
  expect(Object.keys(artifact.liveFunctions)).toEqual(['live_answerRollCall']);
  expect(Object.keys(artifact.liveTypes)).toEqual(['Live_Fire']);
  expect(artifact.symbols['motto']).toBe('Stand');
  artifact.bind({ plugin: 'guardian' } as Parameters<ArtifactModule['bind']>[0]);
  await expect(artifact.liveFunctions['live_answerRollCall']?.('Kay' as never)).resolves.toBe(
    'Kay of guardian',
  );
});

test('the same sources make the same bytes wherever they are', async () => {
  const [here, there] = [join(await tempFolder(), 'deep', 'down'), await tempFolder()];
  const [one, other] = await Promise.all(
    [here, there].map(async (folder) => {
      const sources = await writePlugins(join(folder, 'plugins'), { guardian });
      await build({ sources, outDir: join(folder, 'out') });
      return readFile(join(folder, 'out', 'guardian.plugin.mjs'), 'utf8');
    }),
  );
  expect(one).toBe(other);
});
