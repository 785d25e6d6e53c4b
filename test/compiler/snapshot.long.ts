import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { RemoteBuildSession } from '../../lib/compiler/remote/remote-session.js';
import { findingsOf } from '../../lib/compiler/report.js';
import { BuildSession } from '../../lib/compiler/session.js';
import { madeSnapshot, placeForSnapshot } from '../../lib/compiler/snapshot/snapshot-file.js';
import { packageFile } from '../../lib/core/package-files.js';
import { openTerminal } from '../helpers/open-terminal.js';
import { childrenWith } from '../helpers/processes.js';
import { command } from '../helpers/run-command.js';
import { runProgram } from '../helpers/run-program.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';

const runFile = promisify(execFile);

/** The temporary folder of these tests, in which one of them leaves a snapshot. */
let temporary: string;
let snapshot: string;

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'liveswap-snapshots-'));
  vi.stubEnv('TMPDIR', temporary);
  snapshot = (await placeForSnapshot()) ?? '';
  await runFile(process.execPath, [packageFile('#snapshot-maker'), snapshot]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true, force: true });
});

const root = `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`;
const options = (more: object): string =>
  JSON.stringify({
    compilerOptions: { module: 'nodenext', strict: true, types: [], ...more },
    include: ['.'],
  });
/** Three programs: two with the same libraries and other options, one without those of browsers. */
const files: Files = {
  'package.json': '{ "type": "module" }',
  'plugins/old/tsconfig.json': options({ target: 'es2015' }),
  'plugins/old/index.ts': `${root}
    export async function live_last(list: readonly number[]): Promise<number | undefined> { return list.at(-1); }
    export async function live_parse(): Promise<string> { return new URL('x:y').href; }`,
  'plugins/new/tsconfig.json': options({ target: 'esnext', exactOptionalPropertyTypes: true }),
  'plugins/new/index.ts': `${root}
    let count = 0;
    export async function live_group(names: readonly string[]): Promise<number> {
      count += Object.keys(Object.groupBy(names, (name) => name)).length;
      return count;
    }`,
  'plugins/bare/tsconfig.json': options({ target: 'es2023', lib: ['es2023'] }),
  'plugins/bare/index.ts': `${root}
    export async function live_sort(list: readonly number[]): Promise<readonly number[]> { return list.toSorted(); }
    export async function live_node(): Promise<unknown> { return document; }`,
  'plugins/good/index.ts': `${root}
    export interface Player { readonly id: string; readonly tags?: readonly string[] }
    export async function live_names(players: readonly Player[]): Promise<string[]> {
      return players.flatMap(({ id, tags = [] }) => [id, ...tags]);
    }`,
};

/** Builds as the command does; returns what it says and what it wrote. */
async function built(folder: string, begin: (session: RemoteBuildSession) => void) {
  const outDir = join(folder, 'remote');
  const session = new RemoteBuildSession({ sources: [join(folder, 'plugins')], outDir });
  begin(session);
  try {
    const reports = await session.build();
    return { findings: findingsOf(reports), written: await textsIn(outDir) };
  } finally {
    await session.close();
  }
}

async function textsIn(folder: string): Promise<Record<string, string>> {
  const texts = (await readdir(folder)).map(async (name) => [
    name,
    await readFile(join(folder, name), 'utf8'),
  ]);
  return Object.fromEntries((await Promise.all(texts)) as [string, string][]);
}

test('a build that begins with a snapshot finds and writes what one without it does', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, files);
  const outDir = join(folder, 'here');
  const session = new BuildSession({ sources: [join(folder, 'plugins')], outDir });
  const findings = findingsOf(await session.build());
  await session.close();
  expect(findings.map(({ plugin, rule }) => `${plugin} ${rule}`).sort()).toEqual([
    'bare types',
    'new no-globals',
    'old types',
  ]);

  expect(await madeSnapshot()).toBe(snapshot);
  const remote = await built(folder, (one) => one.begin({ snapshot }));
  expect(remote.findings).toEqual(findings);
  expect(remote.written).toEqual(await textsIn(outDir));
});

test('a process that cannot begin with a snapshot begins without, and the snapshot is removed', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, { 'plugins/good/index.ts': files['plugins/good/index.ts'] ?? '' });
  const broken = join(folder, 'broken.blob');
  await writeFile(broken, 'no snapshot');
  const { findings, written } = await built(folder, (session) => session.begin({ snapshot: broken }));
  expect(findings).toEqual([]);
  expect(Object.keys(written)).toContain('good.plugin.mjs');
  await expect(stat(broken)).rejects.toThrow('ENOENT');
});

test('a snapshot that others could have written is not used, nor is any where nothing compiled is to be kept', async () => {
  const cache = join(temporary, (await readdir(temporary))[0] ?? '');
  for (const folder of [cache, join(cache, 'compilers')]) {
    await chmod(folder, 0o777);
    expect(await madeSnapshot()).toBeUndefined();
    await chmod(folder, 0o700);
    expect(await madeSnapshot()).toBe(snapshot);
  }
  vi.stubEnv('NODE_DISABLE_COMPILE_CACHE', '1');
  expect(await madeSnapshot()).toBeUndefined();
  vi.stubEnv('NODE_DISABLE_COMPILE_CACHE', undefined);
});

test('a command at a terminal leaves a snapshot, and the next one begins with it', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'tmp'));
  await writeFiles(folder, { 'plugins/good/index.ts': files['plugins/good/index.ts'] ?? '' });
  const env = { TMPDIR: join(folder, 'tmp'), CI: undefined, NODE_OPTIONS: '' };
  const check = [...command.args, 'check', 'plugins'];

  const unseen = await runProgram(folder, [command.file, ...check], env);
  expect(await unseen.ended).toBe(0);
  expect(await readdir(env.TMPDIR)).not.toContain(expect.stringMatching(/^liveswap-cache/));

  const seen = openTerminal(folder, command.file, check, env);
  await seen.lines.next(/^good ok$/);
  expect(await seen.exited).toEqual([0, null]);
  onTestFinished(() => void vi.stubEnv('TMPDIR', temporary));
  vi.stubEnv('TMPDIR', env.TMPDIR);
  let made: string | undefined;
  while (made === undefined) made = await madeSnapshot();

  await utimes(made, 0, 0);
  const later = await runProgram(folder, [command.file, ...check], env);
  await later.line(/^good ok$/);
  expect(await later.ended).toBe(0);
  expect((await stat(made)).mtimeMs).toBeGreaterThan(0);
});

test('the snapshot for a folder has the declarations that were read there, and another is made when they have changed', async () => {
  const folder = await tempFolder();
  const prices = (type: string): Files => ({
    'node_modules/prices/index.d.ts': `export declare const price: ${type};`,
  });
  await writeFiles(folder, {
    ...prices('"of gold"'),
    'package.json': '{ "type": "module" }',
    'node_modules/prices/package.json': '{ "name": "prices", "type": "module", "exports": "./index.js" }',
    'node_modules/prices/index.js': 'export const price = "of gold";',
    'plugins/good/index.ts': `${root}
      import { price } from 'prices';
      export async function live_price(): Promise<string> { return price; }`,
    'tmp/empty': '',
  });
  const env = { TMPDIR: join(folder, 'tmp'), CI: undefined, NODE_OPTIONS: '' };
  const check = async (): Promise<unknown> => {
    const seen = openTerminal(folder, command.file, [...command.args, 'check', 'plugins'], env);
    return seen.exited;
  };
  /** Waits for a snapshot in which a text is. */
  const madeWith = async (text: string): Promise<void> => {
    for (let isMade = false; !isMade;) {
      const names = await readdir(env.TMPDIR, { recursive: true });
      const blobs = names.filter((name) => /compilers.[\da-f-]+\.blob$/.test(name));
      const blob = await readFile(join(env.TMPDIR, blobs[0] ?? '')).catch(() => Buffer.alloc(0));
      isMade = blob.includes(text);
    }
  };

  expect(await check()).toEqual([0, null]);
  await madeWith('price: "of gold"');
  // What the snapshot has of a text that has changed is not used.
  await writeFiles(folder, prices('bigint'));
  expect(await check()).toEqual([1, null]);
  await madeWith('price: bigint');
  await writeFiles(folder, prices('"of gold"'));
  expect(await check()).toEqual([0, null]);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'the process that builds ends with a command that %s ends, also while it hears nothing',
  async (signal) => {
    const folder = await tempFolder();
    await writeFiles(folder, { 'plugins/good/index.ts': files['plugins/good/index.ts'] ?? '' });
    const args = [...command.args, 'check', 'plugins'];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const running = spawn(command.file, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(running, 'exit');
    // The other process has this output as well.
    const closed = once(running.stdout.resume(), 'close');
    let builder: number | undefined;
    while (builder === undefined && running.exitCode === null)
      [builder] = await childrenWith('snapshot-blob', running.pid);
    if (builder === undefined) throw new Error('The command ended before it built.');
    process.kill(builder, 'SIGSTOP');
    try {
      running.kill(signal);
      expect(await ended).toEqual([null, signal]);
      await closed;
    } finally {
      await runFile('kill', ['-KILL', `${builder}`]).catch(() => {});
    }
  },
);
