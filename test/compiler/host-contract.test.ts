import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostContract } from '../../lib/compiler/host-contract.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

const compilerOptions = {
  module: 'esnext',
  moduleResolution: 'bundler',
  types: [],
  paths: { '~/*': ['./src/*'] },
};

test.each([
  ['its tsconfig.json', { 'tsconfig.json': { compilerOptions } }],
  [
    'the project to which its tsconfig.json only refers',
    {
      'tsconfig.json': { files: [], references: [{ path: './tsconfig.app.json' }] },
      'tsconfig.app.json': { compilerOptions, include: ['src'] },
    },
  ],
])('a host uses what the modules use to which the paths of %s lead', async (_, configs) => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    ...Object.fromEntries(Object.entries(configs).map(([name, config]) => [name, JSON.stringify(config)])),
    'src/server.ts': `import { Swapper } from 'liveswap';\nimport { ask } from '~/ask';\nawait ask(new Swapper('.'));\n`,
    'src/ask.ts': `import type { Swapper } from 'liveswap';\nexport const ask = (swapper: Swapper) => swapper.call('live_open');\n`,
  });
  expect(hostContract({ entry: join(folder, 'src/server.ts') }).uses).toEqual([
    { name: 'live_open', file: 'ask.ts', line: 2 },
  ]);
});
