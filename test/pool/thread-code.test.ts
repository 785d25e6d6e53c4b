import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { PiscinaPool } from '../../lib/pool/piscina-pool.js';
import { createThreadCode, keepCompiled, takeCompiled } from '../../lib/pool/thread-code.js';
import { threadFiles } from '../../lib/pool/thread-files.js';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

test('a thread keeps what it has compiled, and V8 takes it', async () => {
  const pool = new PiscinaPool({});
  pool.serve();
  const { file, compiled } = threadFiles().code;
  await expect.poll(() => takeCompiled(compiled)?.length).toBeGreaterThan(0);
  await pool.close(5_000);
  const cachedData = takeCompiled(compiled);
  expect(new Script(readFileSync(file, 'latin1'), { filename: file, cachedData }).cachedDataRejected).toBe(
    false,
  );
});

test('the code of a thread asks for nothing but modules of Node', () => {
  const code = readFileSync(threadFiles().code.file, 'latin1');
  const asked = Array.from(code.matchAll(/\brequire\("([^"]+)"\)/g), ([, name = '']) => name);
  expect(asked).toContain('node:worker_threads');
  expect(asked.filter((name) => !isBuiltin(name))).toEqual([]);
});

test('the entry copies no module of Node, and threads that need none have no promises of timers', () => {
  const { entry, code } = threadFiles();
  expect(readFileSync(entry, 'utf8')).not.toMatch(/__toESM\([^)]*require/);
  expect(readFileSync(code.file, 'latin1')).not.toContain('node:timers/promises');
});

test('code that is gone, as while the package is replaced, is refused by name', async () => {
  const file = join(await tempFolder(), 'thread.bundle.cjs');
  expect(() => createThreadCode(file)).toThrow(expect.objectContaining({ code: 'START_FAILED' }));
});

test('of many threads, one keeps what it has compiled', () => {
  const { compiled } = createThreadCode(import.meta.filename);
  expect(takeCompiled(compiled)).toBe(undefined);
  keepCompiled(compiled, () => {
    // While the file is being written, nobody may read a part of it, and nobody else may write.
    keepCompiled(compiled, () => Buffer.from('the second one'));
    expect(takeCompiled(compiled)).toBe(undefined);
    return Buffer.from('the first one');
  });
  keepCompiled(compiled, () => Buffer.from('a later one'));
  expect(Buffer.from(takeCompiled(compiled) ?? []).toString()).toBe('the first one');
});

test('code that does not fit is not kept', () => {
  const { compiled } = createThreadCode(import.meta.filename);
  keepCompiled(compiled, () => Buffer.alloc(compiled.byteLength));
  expect(takeCompiled(compiled)).toBe(undefined);
});

test('code of a plugin does not see what its thread was given', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'probe',
    module: "import { workerData } from 'node:worker_threads';",
    live: { live_data: "async () => [workerData, (await import('node:worker_threads')).workerData]" },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  expect(await swapper.call('live_data')).toEqual([undefined, undefined]);
});
