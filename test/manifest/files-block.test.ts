import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { composeArtifact, parseArtifact, type Artifact } from '../../lib/manifest/artifact.js';
import { layOutFiles, packFiles, splitFiles, unpackFiles } from '../../lib/manifest/files-block.js';
import { VersionsFolder } from '../../lib/manifest/versions-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

const map = Buffer.from(JSON.stringify({ version: 3, sources: [], mappings: '' })).toString('base64');
const code = `export const plugin = {};\n//# sourceMappingURL=data:application/json;base64,${map}\n`;
const page = { path: 'plugins/herald/views/page.html', bytes: Buffer.from('<p>Hail</p>\n') };
const horn = { path: 'shared/horn.bin', bytes: Buffer.from([0, 10, 13, 255, 10]) };

async function heraldIn(folder: string): Promise<Artifact> {
  const facts = { name: 'herald', rules: 1, liveFunctions: [], liveTypes: [], imports: [] };
  const body = Buffer.from(code + (await packFiles([page, horn])));
  return parseArtifact(
    composeArtifact({ ...facts, filesAt: 'plugins/herald' }, body),
    join(folder, 'herald.plugin.mjs'),
  );
}

test('files come out of a block as they went in, empty ones and any bytes included', async () => {
  const files = [page, horn, { path: 'empty', bytes: Buffer.alloc(0) }];
  const { block } = splitFiles(Buffer.from(code + (await packFiles(files))));
  expect(await unpackFiles(block ?? Buffer.alloc(0))).toEqual(files);
});

test('code that only speaks of a block has none', () => {
  const text = Buffer.from(`//# liveswapFiles=AAAA\n${code}`);
  expect(splitFiles(text)).toEqual({ code: text, block: undefined });
});

test('a copy stands among the files that its artifact carries, and its code has no block', async () => {
  const folder = await tempFolder();
  const artifact = new VersionsFolder(folder).copyOf(await heraldIn(folder));
  await artifact.use();
  const copy = fileURLToPath(artifact.url);
  const own = dirname(copy);
  expect(own).toMatch(/[\\/]herald\.[0-9a-f]{8}\.1[\\/]plugins[\\/]herald$/);
  expect(await readFile(join(own, 'views/page.html'), 'utf8')).toBe('<p>Hail</p>\n');
  expect(await readFile(join(own, '../../shared/horn.bin'))).toEqual(horn.bytes);
  expect(await readFile(copy, 'utf8')).not.toContain('liveswapFiles');
  expect(await readFile(copy, 'utf8')).toContain(`sourceMappingURL=${basename(copy)}.map`);
});

test('the files go with the last user of the copy, and come back with the next', async () => {
  const folder = await tempFolder();
  const artifact = new VersionsFolder(folder).copyOf(await heraldIn(folder));
  const page = join(dirname(fileURLToPath(artifact.url)), 'views/page.html');
  await artifact.use();
  await artifact.use();
  await artifact.release();
  expect(await readFile(page, 'utf8')).toBe('<p>Hail</p>\n');
  await artifact.release();
  expect(await readdir(folder)).toEqual([]);
  await artifact.use();
  expect(await readFile(page, 'utf8')).toBe('<p>Hail</p>\n');
});

test.each(['../page.html', '/page.html', 'a/../../page.html', 'C:/page.html', 'a\\..\\page.html', ''])(
  'a block with the path %j is not laid out',
  async (path) => {
    const { block } = splitFiles(Buffer.from(code + (await packFiles([{ ...page, path }]))));
    await expect(layOutFiles(block ?? Buffer.alloc(0), await tempFolder())).rejects.toThrow(
      'outside of its own folder',
    );
  },
);
