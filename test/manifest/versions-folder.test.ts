import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { composeArtifact, parseArtifact, type Artifact } from '../../lib/manifest/artifact.js';
import { CopiedArtifact } from '../../lib/manifest/copied-artifact.js';
import { packFiles } from '../../lib/manifest/files-block.js';
import { markUsed } from '../../lib/manifest/mark-used.js';
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
  const copied = await useCopy(new VersionsFolder(folder), artifact);
  const copy = fileURLToPath(copied.url);
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
  const copied = await useCopy(new VersionsFolder(folder), artifact);
  await copied.use();
  const copies = dirname(fileURLToPath(copied.url));
  await copied.release();
  expect(await readdir(copies)).toHaveLength(2);
  await copied.release();
  expect(existsSync(copies)).toBe(false);
});

test('a copy that was deleted with all that is around it is written again, map and all', async () => {
  const folder = join(await tempFolder(), 'plugins');
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  await mkdir(folder);
  const copied = await useCopy(new VersionsFolder(folder), artifact);
  const copies = dirname(fileURLToPath(copied.url));
  await rm(folder, { recursive: true });
  await copied.restore();
  expect(await readdir(copies)).toHaveLength(2);
  await copied.release();
  await copied.restore();
  expect(existsSync(copies)).toBe(false);
});

/** Returns a folder, and an artifact in it that carries texts. */
async function carrying(texts: Readonly<Record<string, string>>) {
  const folder = await tempFolder();
  const files = Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const whole = Buffer.concat([body, Buffer.from(await packFiles(files))]);
  const bytes = composeArtifact({ ...facts, filesAt: 'guardian' }, whole);
  return { folder, artifact: parseArtifact(bytes, join(folder, 'guardian.plugin.mjs')) };
}

test('a copy that a full disk or who tidies up has damaged is written again, with the files that it carries', async () => {
  const { folder, artifact } = await carrying({ 'guardian/oath.txt': 'No sword but mine.' });
  const copied = await useCopy(new VersionsFolder(folder), artifact);
  const copy = fileURLToPath(copied.url);
  const oath = join(dirname(copy), 'oath.txt');
  for (const [file, damage] of [
    [copy, truncate],
    [oath, truncate],
    [oath, rm],
  ] as const) {
    const before = await readFile(file);
    await damage(file);
    await copied.restore();
    expect(await readFile(file)).toEqual(before);
  }
});

test('what is not damaged in a copy stays as it is: other threads may have loaded it, or added to it', async () => {
  const { folder, artifact } = await carrying({ 'guardian/oath.txt': 'Mine.', 'guardian/watch.txt': 'One.' });
  const copied = await useCopy(new VersionsFolder(folder), artifact);
  const copy = fileURLToPath(copied.url);
  const [oath, watch] = ['oath.txt', 'watch.txt'].map((name) => join(dirname(copy), name)) as [
    string,
    string,
  ];
  await appendFile(watch, ' Two.');
  const long = new Date(0);
  await utimes(copy, long, long);
  await truncate(oath);
  await copied.restore();
  expect(await readFile(oath, 'utf8')).toBe('Mine.');
  expect(await readFile(watch, 'utf8')).toBe('One. Two.');
  expect((await stat(copy)).mtime).toEqual(long);
});

test('a damaged copy that cannot be mended keeps what is whole, and is mended as soon as it can be', async () => {
  const { folder, artifact } = await carrying({ 'guardian/oath.txt': 'Mine.' });
  const copied = await useCopy(new VersionsFolder(folder), artifact);
  const copy = fileURLToPath(copied.url);
  const oath = join(dirname(copy), 'oath.txt');
  await rm(oath);
  await mkdir(oath);
  await expect(copied.restore()).rejects.toMatchObject({ code: 'COPY_FAILED' });
  expect(existsSync(copy)).toBe(true);
  await rm(oath, { recursive: true });
  await copied.restore();
  expect(await readFile(oath, 'utf8')).toBe('Mine.');
});

test('two copies of the same bytes do not share a file: each goes with its own users', async () => {
  const folder = await tempFolder();
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const versions = new VersionsFolder(folder);
  const one = await useCopy(versions, artifact);
  const other = await useCopy(versions, artifact);
  await one.release();
  expect(existsSync(fileURLToPath(one.url))).toBe(false);
  expect(existsSync(fileURLToPath(other.url))).toBe(true);
});

test('a copy that cannot be written says where and why, and the next one is written when it can be', async () => {
  const folder = await tempFolder();
  const file = join(folder, 'guardian.plugin.mjs');
  const artifact = parseArtifact(composeArtifact(facts, body), file);
  const versions = new VersionsFolder(folder);
  await writeFile(join(folder, '.versions'), 'not a folder');
  const error: unknown = await useCopy(versions, artifact).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'COPY_FAILED', plugin: 'guardian', file, cause: { syscall: 'mkdir' } });
  expect((error as Error).message).toMatch(
    `Cannot copy guardian from ${file} to ${join(folder, '.versions')}`,
  );
  await rm(join(folder, '.versions'));
  const copy = fileURLToPath((await useCopy(versions, artifact)).url);
  expect(await readdir(dirname(copy))).toContain(basename(copy));
});

test('removes the folders of processes that are gone, and nothing that may belong to a living one', async () => {
  const folder = await tempFolder();
  const [pid = '', start = '', place = ''] = ownerName().split('-');
  const gone = await idOfGoneProcess();
  const long = new Date(Date.now() - 31 * 86_400_000);
  const leftovers = {
    'of a process that is gone': `${gone}-${start}-${place}-00000001`,
    // Some platforms do not tell when a process started.
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
  const versions = new VersionsFolder(folder);
  await useCopy(versions, artifact);
  await versions.close();
  const left = await readdir(join(folder, '.versions'));
  const whose = new Map(Object.entries(leftovers).map(([what, name]) => [name, what]));
  expect(new Set(left.map((name) => whose.get(name)))).toEqual(
    new Set(['of another format', 'of one of the same id in another container', 'of this process']),
  );
});

test('makes its copy although a leftover of another process cannot be deleted', async () => {
  const folder = await tempFolder();
  const [, start = '', place = ''] = ownerName().split('-');
  const leftover = join(folder, '.versions', `${await idOfGoneProcess()}-${start}-${place}-00000001`);
  await makeUndeletable(leftover, folder);
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const versions = new VersionsFolder(folder);
  const copied = await useCopy(versions, artifact);
  onTestFinished(() => versions.close());
  expect(await readFile(fileURLToPath(copied.url), 'utf8')).toContain('export const plugin');
  expect(await readdir(leftover)).toHaveLength(1);
});

test('a copy that cannot be deleted, as Windows keeps an addon that is loaded, is left, and others come and go beside it', async () => {
  const folder = await tempFolder();
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const versions = new VersionsFolder(folder);
  onTestFinished(() => versions.close());
  const kept = await useCopy(versions, artifact);
  const [copy, ofMap] = [fileURLToPath(kept.url), `${fileURLToPath(kept.url)}.map`];
  await rm(ofMap);
  await makeUndeletable(ofMap, folder);
  await kept.release();
  expect(await readdir(dirname(copy))).toEqual([basename(ofMap)]);
  const next = await useCopy(versions, artifact);
  expect(await readdir(dirname(copy))).toHaveLength(3);
  await next.release();
  expect(await readdir(dirname(copy))).toEqual([basename(ofMap)]);
});

test('the folder of copies is gone with the last that was in it', async () => {
  const folder = await tempFolder();
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const [one, other] = [new VersionsFolder(folder), new VersionsFolder(folder)];
  await useCopy(one, artifact);
  const { url } = await useCopy(other, artifact);
  await one.close();
  expect(await readFile(fileURLToPath(url), 'utf8')).toContain('export const plugin');
  await other.close();
  expect(await readdir(folder)).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'a user who may not read an artifact may not read its copy, nor its map, nor list their folder',
  async () => {
    const folder = await tempFolder();
    const file = join(folder, 'guardian.plugin.mjs');
    const artifact = parseArtifact(composeArtifact(facts, body), file);
    const versions = new VersionsFolder(folder);
    const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
    const secret = fileURLToPath((await useCopy(versions, { ...artifact, mode: 0o600 })).url);
    const copies = dirname(secret);
    expect(await Promise.all([secret, `${secret}.map`, copies].map(modeOf))).toEqual([0o600, 0o600, 0o700]);
    await useCopy(versions, { ...artifact, mode: 0o640 });
    expect(await Promise.all([secret, copies].map(modeOf))).toEqual([0o600, 0o750]);
  },
);

test.each([
  ['ENOSPC', 'make room on that disk'],
  ['EMFILE', 'raise the limit of open files of this process'],
  ['EROFS', 'mount it writable, or set copyDir'],
  ['EACCES', 'let this process write to .versions'],
])('a copy that fails with %s is advised to %s', async (code, remedy) => {
  const artifact = parseArtifact(composeArtifact(facts, body), '/plugins/guardian.plugin.mjs');
  const cause = Object.assign(new Error('no'), { code });
  const folder = {
    path: '/plugins/.versions/1',
    make: () => Promise.reject(cause),
    copyElsewhere: () => Promise.reject(new Error('not here')),
    forget: () => Promise.resolve(),
  };
  const copy = new CopiedArtifact(artifact, { file: '/plugins/.versions/1/guardian.plugin.mjs' }, folder);
  await expect(copy.use()).rejects.toMatchObject({
    code: 'COPY_FAILED',
    cause,
    message: expect.stringContaining(remedy),
  });
});

test('of hundreds of copies, no more are written at a time than the platform has threads for files', async () => {
  const artifact = parseArtifact(composeArtifact(facts, body), '/plugins/guardian.plugin.mjs');
  let writing = 0;
  let most = 0;
  const folder = {
    path: '/plugins/.versions/1',
    make: async () => {
      most = Math.max(most, ++writing);
      await new Promise(setImmediate);
      writing--;
      // A copy that fails gives its place to the next one, too.
      throw new Error('no room');
    },
    copyElsewhere: () => Promise.reject(new Error('not here')),
    forget: () => Promise.resolve(),
  };
  const uses = Array.from({ length: 200 }, (_, index) =>
    new CopiedArtifact(artifact, { file: `/plugins/.versions/1/guardian-${index}.plugin.mjs` }, folder).use(),
  );
  const settled = await Promise.allSettled(uses);
  expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
  expect(most).toBe(4);
});

test('leaves foreign files alone, however old, and everything that a link leads to', async () => {
  const folder = await tempFolder();
  const long = new Date(Date.now() - 31 * 86_400_000);
  const gone = `${await idOfGoneProcess()}-1-deadbeef-00000005`;
  const elsewhere = join(folder, 'volume');
  for (const path of [join(elsewhere, gone), join(folder, 'plain/.versions/backup')]) {
    await mkdir(path, { recursive: true });
    await utimes(path, long, long);
  }
  const orphan = join(folder, 'plain/.versions', gone);
  await symlink(join(elsewhere, gone), orphan, 'junction');
  await mkdir(join(folder, 'linked'));
  await symlink(elsewhere, join(folder, 'linked/.versions'), 'junction');
  for (const plugins of ['plain', 'linked']) {
    const file = join(folder, plugins, 'guardian.plugin.mjs');
    const versions = new VersionsFolder(join(folder, plugins));
    await useCopy(versions, parseArtifact(composeArtifact(facts, body), file));
    await versions.close();
  }
  expect((await readdir(join(folder, 'plain/.versions'))).sort()).toEqual([gone, 'backup'].sort());
  expect(await readdir(elsewhere)).toEqual([gone]);
});

async function useCopy(versions: VersionsFolder, artifact: Artifact): Promise<CopiedArtifact> {
  const copy = versions.copyOf(artifact);
  await copy.use();
  return copy;
}

async function idOfGoneProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await new Promise((resolve) => child.on('exit', resolve));
  return child.pid as number;
}

/** Makes a folder that nobody can delete, not even root: its deepest file has a path that is too long for the system. */
async function makeUndeletable(folder: string, workshop: string): Promise<void> {
  const deep = Array.from({ length: 10 }, () => 'x'.repeat(250)).join('/');
  const deepest = join(workshop, 'deepest');
  await mkdir(join(folder, deep), { recursive: true });
  await mkdir(join(deepest, deep), { recursive: true });
  await rename(deepest, join(folder, deep, 'deepest'));
  onTestFinished(() => rename(join(folder, deep, 'deepest'), deepest));
}

test('the files of a version count as used while it runs, because systems remove others from their temporary folder', async () => {
  const folder = await tempFolder();
  const artifact = parseArtifact(composeArtifact(facts, body), join(folder, 'guardian.plugin.mjs'));
  const copied = await useCopy(new VersionsFolder(folder, undefined, 1), artifact);
  const copy = fileURLToPath(copied.url);
  await utimes(copy, 0, 0);
  await expect.poll(async () => (await stat(copy)).atimeMs).toBeGreaterThan(0);
});

test('files that count as used keep the time when they were changed', async () => {
  const folder = await tempFolder();
  const file = join(folder, 'lang', 'en.json');
  await mkdir(dirname(file));
  await writeFile(file, '{}');
  const changed = new Date(1_000_000_000);
  await utimes(file, changed, changed);
  await markUsed(folder);
  const { atimeMs, mtime } = await stat(file);
  expect(atimeMs).toBeGreaterThan(changed.getTime());
  expect(mtime).toEqual(changed);
});

test('files to which links lead do not count as used: they are those of packages', async () => {
  const [folder, packages] = [await tempFolder(), await tempFolder()];
  const file = join(packages, 'index.js');
  await writeFile(file, '');
  await utimes(file, 1, 1);
  await symlink(packages, join(folder, 'node_modules'), 'junction');
  await markUsed(folder);
  expect((await stat(file)).atimeMs).toBe(1_000);
});
