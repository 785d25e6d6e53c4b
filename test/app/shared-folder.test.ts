import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { artifactFolder } from '../../lib/app/artifact-folder.js';
import { serveAppAfter } from '../../lib/app/serve-app.js';
import { buildApp } from '../../lib/compiler/app/build-app.js';
import { appProject } from '../helpers/app-project.js';
import { textOf } from '../helpers/text-of.js';

test('an entry that is started without arguments has none, although another start of it has just written the artifact with some', async () => {
  const { folder } = await appProject({
    'server.js': `require('http').createServer((_, response) => response.end(JSON.stringify(process.argv.slice(2)))).listen(0, '127.0.0.1');`,
  });
  const entry = join(folder, 'server.js');
  const outDir = await artifactFolder(entry);
  const app = await serveAppAfter(
    async () => void (await buildApp({ entry, outDir, args: ['--queue', 'mail'] })),
    entry,
    { lingerMs: 0, swapper: { standby: false } },
  );
  onTestFinished(() => app.swapper.destroy());
  expect(await textOf(app.urls[0] ?? '')).toBe('[]');
});
