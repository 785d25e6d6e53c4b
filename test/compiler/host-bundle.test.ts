import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleHost } from '../../lib/compiler/host-bundle.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

test('a host is bundled as the project says to which its tsconfig.json only refers', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'tsconfig.json': JSON.stringify({ files: [], references: [{ path: './tsconfig.app.json' }] }),
    'tsconfig.app.json': JSON.stringify({
      compilerOptions: { module: 'esnext', moduleResolution: 'bundler', paths: { '~/*': ['./src/*'] } },
      include: ['src'],
    }),
    'src/host.ts': `import { hall } from '~/hall';\nexport default () => hall;\n`,
    'src/hall.ts': `export const hall = 'north';\n`,
  });
  const { files } = await bundleHost(join(folder, 'src/host.ts'));
  expect(files).toContain(join(folder, 'src/hall.ts'));
});
