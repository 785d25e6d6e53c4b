import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeArtifact, parseArtifact, readArtifact } from '../../lib/manifest/artifact.js';
import { hashesOf, hashOf, versionOf } from '../../lib/manifest/hash.js';
import { writeAtomically } from '../../lib/manifest/write-atomically.js';
import { tempFolder } from '../helpers/temp-folder.js';

const facts = { name: 'guardian', rules: 1, liveFunctions: [], liveTypes: [], imports: [] };
const whole = composeArtifact(
  facts,
  Buffer.from('export const plugin = {};\nexport const motto = "Stånd";\n'),
);

test('an artifact gives back its manifest and the hash of its bytes', () => {
  const artifact = parseArtifact(whole, 'guardian.plugin.mjs');
  expect(artifact.manifest).toMatchObject({ format: 2, ...facts });
  expect(artifact.hash).toBe(hashOf(whole));
  expect(versionOf(artifact.hash)).toBe(artifact.hash.slice(0, 8));
});

test('the manifest is one line, so that the code runs as it is', () => {
  expect(whole.toString().split('\n')[0]).toMatch(/^\/\/! liveswap \{.*\}$/);
  expect(whole.toString().split('\n')[1]).toBe('export const plugin = {};');
});

test('every way of cutting an artifact short is refused', () => {
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => parseArtifact(whole.subarray(0, length), 'guardian.plugin.mjs')).toThrow(
      expect.objectContaining({ code: 'ARTIFACT_INVALID', file: 'guardian.plugin.mjs' }),
    );
  }
});

test('a changed byte of the code is refused', () => {
  const altered = Buffer.from(whole);
  altered.write('P', altered.indexOf('plugin = {}'));
  expect(() => parseArtifact(altered, 'guardian.plugin.mjs')).toThrow(/does not match its manifest/);
});

test.for([
  ['a file of something else', 'export default {};\n', /was not made by `liveswap build`/],
  ['an empty file', '', /it is empty/],
  ['a manifest that is not JSON', '//! liveswap {"format":2,\n', /its first line is not a manifest/],
  ['a manifest that is no object', '//! liveswap null\n', /its first line is not a manifest/],
  ['a manifest without its fields', '//! liveswap {"format":2,"name":"guardian"}\n', /lacks fields/],
] as const)('%s is refused', ([, text, why]) => {
  expect(() => parseArtifact(Buffer.from(text), '/armory.plugin.mjs')).toThrow(
    expect.objectContaining({ code: 'ARTIFACT_INVALID', message: expect.stringMatching(why) }),
  );
  expect(() => parseArtifact(Buffer.from(text), '/armory.plugin.mjs')).toThrow(/armory\.plugin\.mjs/);
});

test.for([
  [1, /an older liveswap made it, in format 1, .* build again with the liveswap that runs it/],
  [99, /a newer liveswap made it, in format 99, .* build again with the liveswap that runs it/],
] as const)('format %i is refused as one of another liveswap', ([format, why]) => {
  const text = Buffer.from(`//! liveswap {"format":${format},"name":"guardian"}\n`);
  expect(() => parseArtifact(text, '/guardian.plugin.mjs')).toThrow(
    expect.objectContaining({ code: 'ARTIFACT_FORMAT', format, message: expect.stringMatching(why) }),
  );
});

test('unknown keys of a manifest are ignored', () => {
  const said = { ...facts, weather: { sky: 'clear' } };
  expect(parseArtifact(composeArtifact(said, Buffer.from('')), 'guardian.plugin.mjs').manifest).toMatchObject(
    facts,
  );
});

test('an artifact that cannot be read is refused by name, with the reason', async () => {
  const folder = await tempFolder();
  const file = join(folder, 'guardian.plugin.mjs');
  await expect(readArtifact(file)).rejects.toMatchObject({
    code: 'ARTIFACT_UNREADABLE',
    file,
    cause: { code: 'ENOENT' },
  });
  await mkdir(file);
  await expect(readArtifact(file)).rejects.toMatchObject({
    code: 'ARTIFACT_UNREADABLE',
    cause: { code: 'EISDIR' },
  });
});

test('readers see one write or another, never a part of one', async () => {
  const folder = await tempFolder();
  const file = join(folder, 'guardian.plugin.mjs');
  const versions = Array.from({ length: 20 }, (_, index) =>
    composeArtifact(facts, Buffer.from(`// ${String(index).repeat(200_000)}\n`)),
  );
  await writeFile(file, versions[0] ?? '');
  const writes = Promise.all(versions.map((bytes) => writeAtomically(file, bytes)));
  const reads = Promise.all(Array.from({ length: 50 }, () => readArtifact(file)));
  await writes;
  const hashes = new Set(versions.map(hashOf));
  for (const { hash } of await reads) expect(hashes).toContain(hash);
  expect(await readdir(folder)).toEqual(['guardian.plugin.mjs']);
  expect(hashes).toContain(hashOf(await readFile(file)));
});

test('a write that fails leaves nothing behind', async () => {
  const folder = await tempFolder();
  const file = join(folder, 'guardian.plugin.mjs');
  await mkdir(join(file, 'taken'), { recursive: true });
  await expect(writeAtomically(file, whole)).rejects.toThrow(`Cannot write ${file}: `);
  expect(await readdir(folder)).toEqual(['guardian.plugin.mjs']);
});

test.each(['../../../etc/evil', 'a/b', 'a\\b', 'C:x', '..', '.', 'nul\0', 'line\nfeed'])(
  'an artifact that claims the name %j is refused: what is named after it would be anywhere',
  (name) => {
    const bytes = composeArtifact({ ...facts, name }, Buffer.from(''));
    expect(() => parseArtifact(bytes, 'guardian.plugin.mjs')).toThrow(
      expect.objectContaining({
        code: 'ARTIFACT_INVALID',
        message: expect.stringContaining(`${JSON.stringify(name)} cannot be the name of a plugin`),
      }),
    );
  },
);

test.skipIf(process.platform === 'win32')(
  'a pipe is refused at once: nobody may ever write to it',
  async () => {
    const file = join(await tempFolder(), 'guardian.plugin.mjs');
    execFileSync('mkfifo', [file]);
    await expect(readArtifact(file)).rejects.toMatchObject({
      code: 'ARTIFACT_UNREADABLE',
      file,
      message: expect.stringContaining('it is not a regular file'),
    });
  },
);

test('a large artifact is hashed in slices: the event loop goes on in between', async () => {
  const bytes = composeArtifact(facts, Buffer.alloc(8 << 20, 'x'));
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const end = bytes.indexOf('\n') + 1;
  const hashes = await hashesOf(bytes, end);
  isDone = true;
  expect(hashes).toEqual([hashOf(bytes), hashOf(bytes.subarray(end))]);
  expect(turns).toBeGreaterThanOrEqual(31);
});
