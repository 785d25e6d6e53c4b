import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { hostBindingModule, pluginModule, storesModule } from '../../lib/compiler/plugin-module.js';

const binding = `export { bind } from ${JSON.stringify(hostBindingModule)};`;

test('A small plugin is bundled from few files of liveswap, and has nothing of those it does not use', async () => {
  const { inputs, text } = await bundle(
    `${binding} import { definePlugin } from ${JSON.stringify(pluginModule)}; export default definePlugin({});`,
  );
  expect(inputs.length).toBeLessThan(15);
  expect(text).toContain('bindLiveClasses');
  expect(text).not.toMatch(
    /LiveData|DevalueError|Counters|has been evaluated already|LiveswapError|= class /,
  );
  expect(text.length).toBeLessThan(2_000);
});

test('What modules of liveswap share is in an artifact once', async () => {
  const { text } = await bundle(
    `${binding} export * from ${JSON.stringify(pluginModule)}; export * from ${JSON.stringify(storesModule)};`,
  );
  for (const name of ['LiveswapError', 'Resources', 'KeptRoots', 'LiveData'])
    expect(text.match(new RegExp(`^(?:var|let) ${name} = class`, 'gm'))).toHaveLength(1);
});

test('Classes of liveswap have their own names in an artifact, also those that name themselves', async () => {
  const { text } = await bundle(`export * from ${JSON.stringify(storesModule)};`);
  const names = Array.from(text.matchAll(/__name\(this, "(\w+)"\)/g), ([, name]) => name);
  expect(names).toContain('Counters');
  expect(names).toContain('LiveswapError');
  expect(names.filter((name) => name?.startsWith('_'))).toEqual([]);
});

async function bundle(
  contents: string,
): Promise<{ readonly inputs: readonly string[]; readonly text: string }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    keepNames: true,
  });
  return { inputs: Object.keys(metafile.inputs), text: outputFiles[0]?.text ?? '' };
}
