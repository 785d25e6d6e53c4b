import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { artifactFolder } from '../../lib/app/artifact-folder.js';
import { serveAppAfter } from '../../lib/app/serve-app.js';
import { buildApp } from '../../lib/compiler/app/build-app.js';
import { appProject } from '../helpers/app-project.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { textOf } from '../helpers/text-of.js';

test.each([
  ['arguments', { args: ['--queue', 'mail'] }],
  ['exclusive', { exclusive: true }],
])(
  'an entry runs as it was started, although another start of it with %s has just written the artifact',
  async (_, options) => {
    const { folder } = await appProject({
      'server.js': `require('http').createServer((_, response) => response.end(JSON.stringify(process.argv.slice(2)))).listen(0, '127.0.0.1');`,
    });
    const entry = join(folder, 'server.js');
    const outDir = await artifactFolder(entry);
    let looks = 0;
    const otherStart = async (): Promise<void> => {
      if (looks++ === 0) await buildApp({ entry, outDir, ...options });
    };
    const app = await serveAppAfter({ look: otherStart }, entry, {
      lingerMs: 0,
      swapper: { standby: false },
    });
    onTestFinished(() => app.swapper.destroy());
    expect(await textOf(app.urls[0] ?? '')).toBe('[]');
    const own = await buildApp({ entry, outDir: await tempFolder() });
    expect(app.swapper.current?.plugin('gate')?.hash).toBe(own.hash);
  },
);
