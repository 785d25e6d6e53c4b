import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { composeArtifact, parseArtifact } from '../../lib/manifest/artifact.js';
import { VersionsFolder } from '../../lib/manifest/versions-folder.js';
import { ownerName } from '../../lib/manifest/owner.js';
import { tempFolder } from '../helpers/temp-folder.js';

const map = { version: 3, sources: ['../plugins/guardian/index.ts'], names: [], mappings: 'AAAA' };
const inlined = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
const facts = { name: 'guardian', rules: 1, liveFunctions: [], liveTypes: [], imports: [] };
const body = Buffer.from(`export const plugin = {};\n//# sourceMappingURL=${inlined}\n`);

test('a copy has its source map in a file beside it, rooted where the artifact was', async () => {
  const folder = join(await tempFolder(), 'the $& forge');
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

test('a copy that cannot be written says where and why, and the next one is written when it can be', async () => {
  const folder = await tempFolder();
  const file = join(folder, 'guardian.plugin.mjs');
  const artifact = parseArtifact(composeArtifact(facts, body), file);
  const versions = new VersionsFolder();
  await writeFile(join(folder, '.versions'), 'not a folder');
  const error: unknown = await versions.use(artifact, folder).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'COPY_FAILED', plugin: 'guardian', file, cause: { syscall: 'mkdir' } });
  expect((error as Error).message).toMatch(
    `Cannot copy guardian from ${file} to ${join(folder, '.versions')}`,
  );
  await rm(join(folder, '.versions'));
  const copy = fileURLToPath(await versions.use(artifact, folder));
  expect(await readdir(dirname(copy))).toContain(basename(copy));
});

test('what gone processes have left is removed, and nothing that may belong to another that lives', async () => {
  const folder = await tempFolder();
  const [pid = '', start = '', place = ''] = ownerName().split('-');
  const gone = await idOfGoneProcess();
  const long = new Date(Date.now() - 31 * 86_400_000);
  const leftovers = {
    'of a process that is gone': `${gone}-${start}-${place}-00000001`,
    // Not every platform tells when a process started.
    ...(start && { 'of one that had this id before': `${pid}-1${start}-${place}-00000002` }),
    'of this process': `${pid}-${start}-${place}-00000003`,
    'of one of the same id in another container': `${pid}-${start}-deadbeef-00000004`,
    'of one in another container, which has given no sign for a month': `${gone}-${start}-deadbeef-00000005`,
    'of another format': 'scrolls',
  };
  for (const name of Object.values(leftovers))
    await mkdir(join(folder, '.versions', name), { recursive: true });
  const forgotten = leftovers['of one in another container, which has given no sign for a month'];
  await utimes(join(folder, '.versions', forgotten), long, long);
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const versions = new VersionsFolder();
  await versions.use(artifact, folder);
  await versions.close();
  const left = await readdir(join(folder, '.versions'));
  const whose = new Map(Object.entries(leftovers).map(([what, name]) => [name, what]));
  expect(new Set(left.map((name) => whose.get(name)))).toEqual(
    new Set(['of another format', 'of one of the same id in another container', 'of this process']),
  );
});

test('what another process has left and cannot be deleted is left, and the copy is made', async () => {
  const folder = await tempFolder();
  const [, start = '', place = ''] = ownerName().split('-');
  const leftover = join(folder, '.versions', `${await idOfGoneProcess()}-${start}-${place}-00000001`);
  await makeUndeletable(leftover, folder);
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const copied = await new VersionsFolder().use(artifact, folder);
  expect(await readFile(fileURLToPath(copied), 'utf8')).toContain('export const plugin');
  expect(await readdir(leftover)).toHaveLength(1);
});

test('the folder of copies is gone with the last that was in it', async () => {
  const folder = await tempFolder();
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const [one, other] = [new VersionsFolder(), new VersionsFolder()];
  await one.use(artifact, folder);
  const url = await other.use(artifact, folder);
  await one.close();
  expect(await readFile(fileURLToPath(url), 'utf8')).toContain('export const plugin');
  await other.close();
  expect(await readdir(folder)).toEqual([]);
});

async function idOfGoneProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.on('exit', resolve));
  return child.pid as number;
}

/** Makes a folder that nobody can delete, not even root: what is deepest in it has a path that is too long for the system. */
async function makeUndeletable(folder: string, workshop: string): Promise<void> {
  const deep = Array.from({ length: 10 }, () => 'x'.repeat(250)).join('/');
  const deepest = join(workshop, 'deepest');
  await mkdir(join(folder, deep), { recursive: true });
  await mkdir(join(deepest, deep), { recursive: true });
  await rename(deepest, join(folder, deep, 'deepest'));
  onTestFinished(() => rename(join(folder, deep, 'deepest'), deepest));
}
