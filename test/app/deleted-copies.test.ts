import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { appProject, type AppProject } from '../helpers/app-project.js';
import { warningLogger } from '../helpers/quiet-logger.js';
import { tempFolder } from '../helpers/temp-folder.js';

const files = {
  'server.mjs': `
    import { createServer } from 'node:http';
    import { createReadStream } from 'node:fs';
    import { readFile, readdir } from 'node:fs/promises';
    import { createRequire } from 'node:module';
    import { text } from 'node:stream/consumers';
    const require = createRequire(import.meta.url);
    const song = new URL('./songs/wolf.txt', import.meta.url);
    const ways = {
      import: async () => (await import('./verse.mjs')).verse,
      require: () => require('./line.cjs'),
      json: () => require('./map.json').wall,
      read: () => readFile(song, 'utf8'),
      stream: () => text(createReadStream(song)),
      list: async () => String(await readdir(new URL('./songs/', import.meta.url))),
    };
    createServer(async ({ url }, response) => {
      try {
        response.end(await ways[url.slice(1)]());
      } catch ({ code }) {
        response.end(code);
      }
    }).listen(0, '127.0.0.1');`,
  'verse.mjs': `export const verse = 'old';`,
  'line.cjs': `module.exports = 'old';`,
  'map.json': '{ "wall": "old" }',
  'songs/wolf.txt': 'old',
};

/** What the build does not see. */
const frozen = ['songs/**', 'line.cjs', 'map.json'];

const newer = {
  'verse.mjs': `export const verse = 'new';`,
  'line.cjs': `module.exports = 'new';`,
  'map.json': '{ "wall": "new" }',
  'songs/wolf.txt': 'new',
  'songs/raven.txt': 'new',
};

/** Writes an app, and has another folder be the system's temporary one, in which the user's folder for copies is. */
async function project(): Promise<AppProject & { readonly temporary: string }> {
  const [app, temporary] = [await appProject(files), await tempFolder()];
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { ...app, temporary };
}

/** Deletes what an installation deletes. */
const install = (folder: string): Promise<void> => rm(join(folder, 'node_modules'), { recursive: true });

test('an app whose copies an installation deletes goes on with the files of its version', async () => {
  const { folder, temporary, write, serve } = await project();
  const app = await serve('server.mjs', { files: frozen });
  const ask = async (way: string): Promise<string> => (await fetch(`${app.urls[0]}/${way}`)).text();
  await write(newer);
  await install(folder);
  const old = { import: 'old', require: 'old', json: 'old', read: 'old', stream: 'old', list: 'wolf.txt' };
  for (const [way, answer] of Object.entries(old)) {
    expect(await ask(way), way).toBe(answer);
    // The other copies may be deleted as well.
    await rm(temporary, { recursive: true });
  }
  await app.swapper.reload();
  expect(await ask('list')).toBe('raven.txt,wolf.txt');
  await install(folder);
  expect(await ask('read')).toBe('new');
  await app.swapper.close();
  expect(await readdir(temporary, { recursive: true })).toEqual([expect.stringMatching(/^liveswap-cache/)]);
});

test('nothing is put where copies are being deleted', async () => {
  const { folder, serve } = await project();
  const app = await serve('server.mjs', { files: frozen });
  await install(folder);
  await fetch(`${app.urls[0]}/read`);
  expect(await readdir(folder)).not.toContain('node_modules');
});

test('without room for other copies the app is told that the file is gone, and people why', async () => {
  const { folder, temporary, serve } = await project();
  const { logger, warned } = warningLogger();
  const app = await serve('server.mjs', { files: frozen, swapper: { logger } });
  await rm(temporary, { recursive: true });
  await writeFile(temporary, '');
  await install(folder);
  const answers = ['read', 'stream'].map(async (way) => (await fetch(`${app.urls[0]}/${way}`)).text());
  expect(await Promise.all(answers)).toEqual(['ENOENT', 'ENOENT']);
  expect(warned).toEqual([expect.stringMatching(/^Files that gate@\w+ runs from are gone: .*TMPDIR/s)]);
});
