import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appFolder } from '../helpers/app-folder.js';
import { warningLogger } from '../helpers/quiet-logger.js';

const server = `
  import { context } from 'liveswap/plugin';
  import fs, { readFileSync, existsSync } from 'node:fs';
  import { readFile, readdir, stat, access } from 'node:fs/promises';
  import { text } from 'node:stream/consumers';
  import { promisify } from 'node:util';
  const page = new URL('./views/page.html', import.meta.url);
  const path = import.meta.dirname + '/views/page.html';`;

test('every way to read a frozen path gives the frozen bytes, and a folder that is frozen whole its frozen names', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "gate", "type": "module" }',
    'server.js': `${server}
      const handle = await fs.promises.open(path);
      await context.vault.extension.tell({
        sync: readFileSync(page, 'utf8'),
        promise: await readFile(page, 'utf8'),
        callback: await promisify((done) => fs.readFile(path, 'utf8', done))(),
        stream: await text(fs.createReadStream(path)),
        handle: await handle.readFile('utf8'),
        descriptor: fs.readFileSync(fs.openSync(path, 'r'), 'utf8'),
        buffer: readFileSync(Buffer.from(path), 'utf8'),
        size: (await stat(path)).size,
        exists: existsSync(path),
        accessed: await access(path).then(() => true),
        names: await readdir(import.meta.dirname + '/views'),
        namesByUrl: await readdir(new URL('./views/', import.meta.url)),
        entries: fs.readdirSync(import.meta.dirname + '/views', { withFileTypes: true }).map((one) => one.parentPath ?? one.path),
        real: fs.realpathSync(path),
        realLater: await fs.promises.realpath(path),
        missing: existsSync(import.meta.dirname + '/views/other.html'),
      });
      await handle.close();`,
    'views/page.html': 'old page',
  });
  await app.build({ entry: 'server.js', files: ['views/**'] });
  await app.remove('views/page.html');
  await app.write({ 'views/other.html': 'new page' });
  await app.open().load();
  const old = 'old page';
  expect(app.told).toEqual([
    {
      sync: old,
      promise: old,
      callback: old,
      stream: old,
      handle: old,
      descriptor: old,
      buffer: old,
      size: 8,
      exists: true,
      accessed: true,
      names: ['page.html'],
      namesByUrl: ['page.html'],
      entries: [join(app.folder, 'views')],
      real: join(app.folder, 'views/page.html'),
      realLater: join(app.folder, 'views/page.html'),
      missing: true,
    },
  ]);
});

test('a path that the app writes to is live from then on, and is warned of once', async () => {
  const app = await appFolder({
    'package.json': '{ "name": "gate", "type": "module" }',
    'server.js': `${server}
      fs.appendFileSync(path, ', twice');
      fs.writeFileSync(path, 'written');
      fs.writeFileSync(import.meta.dirname + '/views/more.html', 'more');
      await context.vault.extension.tell(readFileSync(path, 'utf8'), (await readdir(import.meta.dirname + '/views')).sort());`,
    'views/page.html': 'old page',
  });
  await app.build({ entry: 'server.js', files: ['views/**'] });
  const { logger, warned } = warningLogger();
  await app.open({ logger }).load();
  expect(app.told).toEqual(['written', ['more.html', 'page.html']]);
  expect(warned.filter((text) => text.includes('page.html'))).toHaveLength(1);
});
