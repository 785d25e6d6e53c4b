import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { composeArtifact, parseArtifact } from '../../lib/manifest/artifact.js';
import { VersionsFolder } from '../../lib/manifest/versions-folder.js';
import { tempFolder } from '../helpers/temp-folder.js';

const map = { version: 3, sources: ['../plugins/guardian/index.ts'], names: [], mappings: 'AAAA' };
const inlined = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
const facts = { name: 'guardian', rules: 1, liveFunctions: [], liveTypes: [], imports: [] };
const body = Buffer.from(`export const plugin = {};\n//# sourceMappingURL=${inlined}\n`);

test('a copy has its source map in a file beside it, rooted where the artifact was', async () => {
  const folder = await tempFolder();
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const copy = fileURLToPath(await new VersionsFolder().use(artifact, folder));
  const code = await readFile(copy, 'utf8');
  expect(code).toMatch(
    new RegExp(`^export const plugin = {};\n//# sourceMappingURL=${basename(copy)}.map$`, 'm'),
  );
  expect(JSON.parse(await readFile(`${copy}.map`, 'utf8'))).toEqual({
    ...map,
    sourceRoot: `${pathToFileURL(folder).href}/`,
  });
});

test('a copy is there, map and all, until its last user has let go of it', async () => {
  const folder = await tempFolder();
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const versions = new VersionsFolder();
  const url = await versions.use(artifact, folder);
  await versions.use(artifact, folder);
  const copies = dirname(fileURLToPath(url));
  await versions.release(url);
  expect(await readdir(copies)).toHaveLength(2);
  await versions.release(url);
  expect(await readdir(copies)).toEqual([]);
});
