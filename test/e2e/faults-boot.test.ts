import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { SwapperOptions } from '../../lib/index.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { countThreads, noThreadLeft } from '../helpers/count-threads.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { until } from '../helpers/until.js';

const guardian: PluginText = {
  name: 'guardian',
  live: { live_answer: '() => "Hail"', live_exit: '() => { process.exit(1); }' },
};
const newer: PluginText = { ...guardian, live: { ...guardian.live, live_answer: '() => "Hail again"' } };

/**
 * A gate through which every thread goes while it boots. A thread that finds the gate shut dies by `end` before it can be linked.
 */
class Gate {
  readonly options: SwapperOptions;
  readonly #shut: string;

  private constructor(shut: string, preload: string) {
    this.#shut = shut;
    this.options = { execArgv: ['--require', preload] };
  }

  static async in(folder: string, end: string): Promise<Gate> {
    const shut = join(folder, 'shut');
    const preload = join(folder, 'gate.cjs');
    const name = JSON.stringify(shut);
    await writeFile(
      preload,
      `const { appendFileSync, existsSync } = require('node:fs');
       if (existsSync(${name})) { appendFileSync(${name}, '.'); ${end} }`,
    );
    return new Gate(shut, preload);
  }

  async shut(): Promise<void> {
    await appendFile(this.#shut, '');
  }

  async open(): Promise<void> {
    await rm(this.#shut);
  }

  /** Number of threads that found the gate shut. */
  get seen(): number {
    return existsSync(this.#shut) ? readFileSync(this.#shut).length : 0;
  }
}

const throws = ['throws', 'throw new RangeError("The gate is shut.");', { name: 'RangeError' }] as const;
const leaves = ['leaves', 'process.exit(9);', { message: 'worker exited with code: 9' }] as const;

test.for([
  ['has flags that Node does not know', '', { execArgv: ['--drawbridge'] }, 'ERR_WORKER_INVALID_EXEC_ARGV'],
  [
    'is out of memory while it boots',
    'const eaten = []; for (;;) eaten.push(Array.from({ length: 10_000 }, () => ({})));',
    { resourceLimits: { maxOldGenerationSizeMb: 32 } },
    'ERR_WORKER_OUT_OF_MEMORY',
  ],
] as const)(
  'a load whose thread %s fails and says why, and nothing is left',
  async ([, end, options, code]) => {
    const folder = await tempFolder();
    const gate = await Gate.in(folder, end);
    await gate.shut();
    await deploy(folder, guardian);
    const before = countThreads();
    const swapper = openSwapper(folder, { ...gate.options, ...options });
    const error: unknown = await swapper.load().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'LOAD_FAILED',
      plugin: 'guardian',
      cause: { code: 'START_FAILED', thread: 0 },
    });
    const causes: unknown[] = [];
    for (let cause = error; cause instanceof Error; cause = cause.cause)
      causes.push((cause as Partial<{ code: string }>).code);
    expect(causes).toContain(code);
    await noThreadLeft(before);
    const copies = async (): Promise<string[]> =>
      (await readdir(folder, { recursive: true })).filter((file) => /\.versions.*\.mjs/.test(file));
    // The copy is deleted when the thread is gone, for which nobody waits.
    await expect.poll(copies).toEqual([]);
  },
);

test('a load that cannot read its folder ends the thread that boots meanwhile, and the next load serves', async () => {
  const folder = await tempFolder();
  const before = countThreads();
  const swapper = openSwapper(join(folder, 'plugins'), { threads: 2 });
  await expect(swapper.load()).rejects.toMatchObject({ code: 'LOAD_FAILED' });
  // While this thread comes and goes, one that was begun earlier would come up.
  await once(new Worker('', { eval: true }), 'exit');
  await noThreadLeft(before);
  await mkdir(join(folder, 'plugins'));
  await deploy(join(folder, 'plugins'), guardian);
  await swapper.load();
  expect(await swapper.call('live_answer')).toBe('Hail');
});

test.for([throws, leaves])(
  'a reload whose thread %s while it boots fails, and the one before serves on',
  async ([, end, cause]) => {
    const folder = await tempFolder();
    const gate = await Gate.in(folder, end);
    await deploy(folder, guardian);
    const swapper = openSwapper(folder, { ...gate.options, threads: 2 });
    await swapper.load();
    const before = countThreads();
    await gate.shut();
    await deploy(folder, newer);
    await expect(swapper.reload()).rejects.toMatchObject({
      code: 'RELOAD_FAILED',
      cause: { code: 'START_FAILED', cause: { code: 'THREAD_CRASHED', cause } },
    });
    expect(await swapper.call('live_answer')).toBe('Hail');
    await noThreadLeft(before);
    await gate.open();
    await swapper.reload();
    expect(await swapper.call('live_answer')).toBe('Hail again');
  },
);

test.for([throws, leaves])(
  'a thread on standby that %s while it boots harms nobody, and the next reload boots its own',
  async ([, end]) => {
    const folder = await tempFolder();
    const gate = await Gate.in(folder, end);
    await deploy(folder, guardian);
    const before = countThreads();
    // The idle threads are booted when the load is done.
    const onReload = (_next: unknown, previous: unknown): unknown => previous ?? gate.shut();
    const swapper = openSwapper(folder, { ...gate.options, standby: true, onReload });
    await swapper.load();
    await until(() => gate.seen > 0);
    await noThreadLeft(before + 1);
    expect(swapper.stats().standbyThreads).toBe(0);
    expect(await swapper.call('live_answer')).toBe('Hail');
    await gate.open();
    await deploy(folder, newer);
    await swapper.reload();
    expect(await swapper.call('live_answer')).toBe('Hail again');
  },
);

test.for([throws, leaves])(
  'a replacement that %s while it boots is tried again, and serves when it comes up',
  async ([, end]) => {
    const folder = await tempFolder();
    const gate = await Gate.in(folder, end);
    await deploy(folder, guardian);
    const swapper = openSwapper(folder, gate.options);
    await swapper.load();
    const crashes: unknown[] = [];
    swapper.on('threadCrashed', ({ error }) => crashes.push(error.cause));
    await gate.shut();
    await expect(swapper.call('live_exit')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
    const waiting = swapper.call('live_answer');
    await until(() => crashes.length > 1);
    await gate.open();
    expect(await waiting).toBe('Hail');
  },
);

test.for([throws, leaves])(
  'a version each replacement of which %s while it boots is given up: its calls are refused with the reason',
  async ([, end, cause]) => {
    const folder = await tempFolder();
    const gate = await Gate.in(folder, end);
    await deploy(folder, guardian);
    const swapper = openSwapper(folder, { ...gate.options, crashLoop: { crashes: 3, withinMs: 60_000 } });
    await swapper.load();
    const before = countThreads();
    await gate.shut();
    await expect(swapper.call('live_exit')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
    await expect(swapper.call('live_answer')).rejects.toMatchObject({
      code: 'VERSION_FAILED',
      cause: { code: 'THREAD_CRASHED', cause },
    });
    await noThreadLeft(before - 1);
    await gate.open();
    await swapper.reload();
    expect(await swapper.call('live_answer')).toBe('Hail');
  },
);

test('replacements that take too long to come up count together, however long each takes', async () => {
  const folder = await tempFolder();
  const shut = join(folder, 'shut');
  await deploy(folder, {
    ...guardian,
    module: `import { existsSync } from 'node:fs'; if (existsSync(${JSON.stringify(shut)})) await new Promise(() => {});`,
  });
  const swapper = openSwapper(folder, { startMs: 3_000, crashLoop: { crashes: 2, withinMs: 1 } });
  await swapper.load();
  await appendFile(shut, '');
  await expect(swapper.call('live_exit')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await expect(swapper.call('live_answer')).rejects.toMatchObject({
    code: 'VERSION_FAILED',
    cause: { code: 'START_TIMEOUT' },
  });
});

test('a load whose artifacts cannot be copied fails, and nothing is left of the threads that boot meanwhile', async () => {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  await deploy(folder, { name: 'armory' });
  await writeFile(join(folder, '.versions'), 'in the way');
  const before = countThreads();
  const swapper = openSwapper(folder);
  await expect(swapper.load()).rejects.toMatchObject({ code: 'LOAD_FAILED' });
  await rm(join(folder, '.versions'));
  await swapper.load();
  expect(await swapper.call('live_answer')).toBe('Hail');
  await swapper.close();
  await noThreadLeft(before);
});
