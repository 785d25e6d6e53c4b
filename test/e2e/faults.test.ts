import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Swapper, SwapperOptions } from '../../lib/index.js';
import { subscribe, type SwapEvent } from '../../lib/observe/events.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { until } from '../helpers/until.js';

const never = 'return new Promise(() => {});';
/** Ways for a thread to die, or to do mischief, each a live function. */
const guardian: PluginText = {
  name: 'guardian',
  module: "import { parentPort, threadId } from 'node:worker_threads';",
  idempotent: ['live_count'],
  live: {
    live_answer: '(name) => `Hail ${name}`',
    live_thread: '() => threadId',
    live_wait: '() => new Promise(() => {})',
    live_exit: `(code) => { process.exit(code); }`,
    live_exitLater: `() => { setTimeout(() => process.exit(0), 5); ${never} }`,
    live_throwInTimer: `() => { setTimeout(() => { throw new RangeError('No sword.'); }, 1); ${never} }`,
    live_throwNothing: `() => { setTimeout(() => { throw undefined; }, 1); ${never} }`,
    live_reject: `() => { Promise.reject(new TypeError('No shield.')); ${never} }`,
    live_eat: `() => { const eaten = []; for (;;) eaten.push(Array.from({ length: 10_000 }, () => ({}))); }`,
    live_loop: '() => { for (;;); }',
    live_rubbish: `() => { for (const rubbish of [null, 1, {}, { _WORKER_READY: true }, { taskId: 0, result: 1 }]) parentPort.postMessage(rubbish); return 'done'; }`,
    live_closeParentPort: `() => { parentPort.close(); return 'closed'; }`,
    live_cutLink: `() => { for (const handle of process._getActiveHandles()) if (handle.constructor.name === 'MessagePort') handle.close(); ${never} }`,
    live_answerAndExit: `() => { setImmediate(() => process.exit(0)); return 'last words'; }`,
    live_count: `async (counter, deaths) => { if (Atomics.add(counter, 0, 1) < deaths) process.exit(1); return Atomics.load(counter, 0); }`,
    live_countOnce: `async (counter) => { Atomics.add(counter, 0, 1); process.exit(1); }`,
  },
};

async function guarded(options: SwapperOptions = {}, plugin: PluginText = guardian): Promise<Swapper> {
  const folder = await tempFolder();
  await deploy(folder, plugin);
  const swapper = openSwapper(folder, options);
  await swapper.load();
  return swapper;
}

/** Returns the list of a swapper's events, which grows as they come. */
function eventsOf(swapper: Swapper): SwapEvent[] {
  const events: SwapEvent[] = [];
  onTestFinished(subscribe(swapper, (event) => events.push(event)));
  return events;
}

test.for([
  [
    'process.exit()',
    'live_exit',
    { message: expect.stringMatching(/^process.exit\(3\) was called at ./) },
    [3],
  ],
  [
    'process.exit() with a code of success',
    'live_exitLater',
    { message: expect.stringMatching(/^process.exit\(0\) was called at ./) },
    [],
  ],
  ['a throw in a timer', 'live_throwInTimer', { name: 'RangeError', message: 'No sword.' }, []],
  ['an unhandled rejection', 'live_reject', { name: 'TypeError', message: 'No shield.' }, []],
] as const)(
  'a thread that dies of %s rejects what it held, says why, and is replaced',
  async ([, name, cause, args]) => {
    const swapper = await guarded();
    const held = swapper.call('live_wait');
    const died = { code: 'THREAD_CRASHED', plugin: 'guardian', thread: 0, cause };
    await Promise.all([
      expect(held).rejects.toMatchObject(died),
      expect(swapper.call(name, ...args)).rejects.toMatchObject(died),
    ]);
    expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
  },
);

test('a thread that throws nothing at all rejects what it held too', async () => {
  const swapper = await guarded();
  await expect(swapper.call('live_throwNothing')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
});

test.for([
  ['Promise.prototype.catch', 'Promise.prototype.catch = () => { throw new Error("Broken."); };'],
  ['Error.prepareStackTrace', 'Error.prepareStackTrace = () => { throw new Error("Broken."); };'],
  ['the iterator of lists', 'Array.prototype[Symbol.iterator] = () => { throw new Error("Broken."); };'],
])('a thread whose code has broken %s can still die, and the process lives on', async ([, breaks]) => {
  const swapper = await guarded(
    { crashLoop: { crashes: Infinity } },
    {
      name: 'guardian',
      live: {
        live_answer: '() => "Hail"',
        live_exit: `() => { ${breaks} process.exit(1); }`,
        live_reject: `() => { const cause = new Error('No shield.'); ${breaks} Promise.reject(cause); ${never} }`,
      },
    },
  );
  for (const way of ['live_exit', 'live_reject']) {
    await expect(swapper.call(way)).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
    expect(await swapper.call('live_answer')).toBe('Hail');
  }
});

test('a thread that is out of memory rejects what it held, and the process lives on', async () => {
  const swapper = await guarded({ resourceLimits: { maxOldGenerationSizeMb: 32 } });
  await expect(swapper.call('live_eat')).rejects.toMatchObject({
    code: 'THREAD_CRASHED',
    cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' },
  });
  expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
});

test('answers of a thread from before its death arrive', async () => {
  const swapper = await guarded();
  for (let round = 0; round < 3; round++) {
    // The next call must not go to the thread that is leaving: it would rightly be rejected.
    const gone = new Promise<void>((resolve) => {
      const stop = swapper.on('threadCrashed', () => {
        stop();
        resolve();
      });
    });
    expect(await swapper.call('live_answerAndExit')).toBe('last words');
    await gone;
  }
});

test('a thread of several that dies leaves the calls of the others alone', async () => {
  const swapper = await guarded({ threads: 2 });
  const ids = await Promise.all([swapper.call('live_thread'), swapper.call('live_thread')]);
  expect(new Set(ids).size).toBe(2);
  const dying = swapper.call('live_throwInTimer');
  const answers = Promise.all(
    Array.from({ length: 20 }, () => swapper.call('live_answer', 'Ironkill').catch(() => 'lost')),
  );
  await expect(dying).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect((await answers).filter((answer) => answer !== 'lost').length).toBeGreaterThanOrEqual(10);
});

test('an endless loop is ended by destroy(), and what it held rejects', async () => {
  const swapper = await guarded();
  const looping = swapper.call('live_loop');
  const ended = expect(looping).rejects.toMatchObject({ code: 'CLOSED' });
  await swapper.destroy();
  await ended;
});

test('with stuckMs, a thread whose event loop stands still is ended, and replaced', async () => {
  const swapper = await guarded({ stuckMs: 200 });
  await expect(swapper.call('live_loop')).rejects.toMatchObject({
    code: 'THREAD_CRASHED',
    cause: { message: expect.stringContaining('200 ms') as string },
  });
  expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
});

test('with stuckMs, a call that takes long but lets the event loop turn is left alone', async () => {
  const swapper = await guarded(
    { stuckMs: 500 },
    {
      name: 'guardian',
      live: { live_sleep: '(ms) => new Promise((resolve) => setTimeout(resolve, ms, "rested"))' },
    },
  );
  expect(await swapper.call('live_sleep', 1_500)).toBe('rested');
});

test('a stuckMs of Infinity is never', async () => {
  const warnings: unknown[] = [];
  const note = (warning: unknown): void => void warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const swapper = await guarded({ stuckMs: Infinity });
  expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
  // Node warns of timers that fire too soon.
  expect(warnings).toEqual([]);
});

test('rubbish on parentPort does no harm', async () => {
  const swapper = await guarded();
  expect(await swapper.call('live_rubbish')).toBe('done');
  expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
  await swapper.close();
});

test('a plugin that closes parentPort still answers, or its thread is replaced', async () => {
  const swapper = await guarded();
  await swapper.call('live_closeParentPort').catch(() => {});
  expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
});

test('a thread that cuts its link to the host is ended, and what it held rejects', async () => {
  const swapper = await guarded();
  await expect(swapper.call('live_cutLink')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
});

test('an idempotent call is sent once more when its thread dies, and no more often', async () => {
  const swapper = await guarded();
  const counter = new Int32Array(new SharedArrayBuffer(4));
  expect(await swapper.call('live_count', counter, 1)).toBe(2);
  const again = new Int32Array(new SharedArrayBuffer(4));
  await expect(swapper.call('live_count', again, 2)).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(again[0]).toBe(2);
});

test('any other call is never sent twice', async () => {
  const swapper = await guarded();
  const counter = new Int32Array(new SharedArrayBuffer(4));
  await expect(swapper.call('live_countOnce', counter)).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await swapper.call('live_answer', 'Ironkill');
  expect(counter[0]).toBe(1);
});

test.each([
  ['a transferred buffer', () => ({ transfer: [new ArrayBuffer(8)], extra: [] })],
  ['a stream', () => ({ transfer: [], extra: [ReadableStream.from(['water'])] })],
  ['an iterator', () => ({ transfer: [], extra: [(async function* () {})()] })],
])('an idempotent call with %s is not sent again: it was used up', async (_what, give) => {
  const swapper = await guarded();
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const { transfer, extra } = give();
  const call = swapper.with({ transfer }).call('live_count', counter, 1, ...extra, ...transfer);
  await expect(call).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(counter[0]).toBe(1);
});

test('a symbol is looked up in a thread that serves; while there is none, the error says so', async () => {
  const folder = await tempFolder();
  const gate = join(folder, 'gate');
  await writeFile(gate, 'open');
  await deploy(folder, {
    name: 'armory',
    module: `import { existsSync } from 'node:fs';
      while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 5));`,
    symbols: { motto: '"Hail"' },
    functions: { fall: '() => { process.exit(7); }' },
  });
  const swapper = openSwapper(folder);
  await swapper.load();
  const armory = swapper.current.plugin('armory');
  expect(await armory.lookup('motto')).toBe('Hail');
  await rm(gate);
  const replaced = nextEvent(swapper, 'threadReplaced');
  await expect(armory.invoke('fall')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  // The thread is dead at first, and comes up for as long as the gate is shut.
  const isComingUp = (): boolean => swapper.stats().plugins[0]?.versions[0]?.threads[0]?.state === 'starting';
  for (const isSo of [() => true, isComingUp]) {
    await until(isSo);
    await expect(armory.lookup('motto')).rejects.toMatchObject({
      code: 'THREAD_CRASHED',
      plugin: 'armory',
      message: expect.stringContaining('being replaced'),
    });
  }
  await writeFile(gate, 'open');
  await replaced;
  expect(await armory.lookup('motto')).toBe('Hail');
  await swapper.close();
  await expect(armory.lookup('motto')).rejects.toMatchObject({ code: 'RETIRED' });
});

test('a version that crash-loops is failed, and its calls are refused at once', async () => {
  const swapper = await guarded({ crashLoop: { crashes: 3, withinMs: 60_000 } });
  const events = eventsOf(swapper);
  for (let death = 0; death < 3; death++)
    await expect(swapper.call('live_exit', 1)).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await expect(swapper.call('live_answer', 'Ironkill')).rejects.toMatchObject({
    code: 'VERSION_FAILED',
    plugin: 'guardian',
    cause: { code: 'THREAD_CRASHED' },
  });
  expect(swapper.stats().plugins).toMatchObject([{ plugin: 'guardian', calls: 4, failures: 4 }]);
  expect(swapper.current.plugin('guardian').state).toBe('failed');
  expect(events.filter(({ type }) => type === 'threadReplaced')).toHaveLength(2);
});

test('calls that wait for a thread to be replaced are refused when the version is given up', async () => {
  const folder = await tempFolder();
  await deploy(folder, {
    name: 'guardian',
    live: { live_exit: '() => { process.exit(1); }', live_answer: '() => "Hail"' },
    hooks: { onLoad: '(data) => { if (Atomics.add(data, 0, 1) > 0) throw new Error("No second time."); }' },
  });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 2, withinMs: 60_000 } });
  await swapper.load(new Int32Array(new SharedArrayBuffer(4)));
  await expect(swapper.call('live_exit')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await expect(swapper.call('live_answer')).rejects.toMatchObject({
    code: 'VERSION_FAILED',
    message: expect.stringContaining('No second time; it is tried again') as string,
  });
});

test('a crash loop brings the generation before back', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => "old and sound"' } });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 2, withinMs: 60_000 } });
  await swapper.load();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => { process.exit(1); }' } });
  await swapper.reload();
  const events = eventsOf(swapper);
  for (let death = 0; death < 2; death++) await swapper.call('live_answer').catch(() => {});
  await until(() => events.some((event) => event.type === 'reloaded' && event.reason === 'rollback'));
  expect(await swapper.call('live_answer')).toBe('old and sound');
});

test('with nothing to go back to, the next good reload heals it', async () => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => { process.exit(1); }' } });
  const swapper = openSwapper(folder, { crashLoop: { crashes: 2, withinMs: 60_000 } });
  await swapper.load();
  for (let death = 0; death < 2; death++) await swapper.call('live_answer').catch(() => {});
  await expect(swapper.call('live_answer')).rejects.toMatchObject({ code: 'VERSION_FAILED' });
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => "sound"' } });
  await swapper.reload();
  expect(await swapper.call('live_answer')).toBe('sound');
});

test('a plugin that fails is refused to those that import it as well, with the reason', async () => {
  const folder = await tempFolder();
  await deploy(
    folder,
    {
      name: 'armory',
      live: { live_break: '() => { process.exit(1); }' },
      exports: { sword: '() => "a sword"' },
    },
    { name: 'guardian', imports: ['armory'], live: { live_arm: "() => callImport('armory', 'sword', [])" } },
  );
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1, withinMs: 60_000 } });
  await swapper.load();
  expect(await swapper.call('live_arm')).toBe('a sword');
  await swapper.call('live_break').catch(() => {});
  await expect(swapper.call('live_arm')).rejects.toMatchObject({ code: 'VERSION_FAILED', plugin: 'armory' });
});

test('a thread of an imported plugin that dies rejects the call it held, and the next one is answered', async () => {
  const folder = await tempFolder();
  await deploy(
    folder,
    {
      name: 'armory',
      exports: { sword: '() => "a sword"', break: '() => { process.exit(1); }' },
    },
    {
      name: 'guardian',
      imports: ['armory'],
      live: {
        live_arm: "() => callImport('armory', 'sword', [])",
        live_break: "() => callImport('armory', 'break', [])",
      },
    },
  );
  const swapper = openSwapper(folder);
  await swapper.load();
  for (let round = 0; round < 2; round++) {
    await expect(swapper.call('live_break')).rejects.toMatchObject({
      code: 'THREAD_CRASHED',
      plugin: 'armory',
    });
    expect(await swapper.call('live_arm')).toBe('a sword');
  }
});

test.for([
  ['throws at its top level', { module: 'throw new RangeError("No gate.");' }, 'START_FAILED'],
  ['leaves at its top level', { module: 'process.exit(7);' }, 'START_FAILED'],
  ['never ends its top level', { module: 'await new Promise(() => {});' }, 'START_TIMEOUT'],
  ['loops at its top level', { module: 'for (;;);' }, 'START_TIMEOUT'],
  ['throws in onLoad', { hooks: { onLoad: '() => { throw new RangeError("No gate."); }' } }, 'HOOK_FAILED'],
  ['leaves in onInit', { hooks: { onInit: '() => { process.exit(7); }' } }, 'HOOK_FAILED'],
  ['never ends onLoad', { hooks: { onLoad: '() => new Promise(() => {})' } }, 'HOOK_FAILED'],
] as const)('a plugin that %s fails its reload, and the one before serves on', async ([, bad, code]) => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => "sound"' } });
  const swapper = openSwapper(folder, { startMs: 3_000 });
  await swapper.load();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => "broken"' }, ...bad });
  await expect(swapper.reload()).rejects.toMatchObject({ code: 'RELOAD_FAILED', cause: { code } });
  expect(await swapper.call('live_answer')).toBe('sound');
});

test.for([
  ['a plain object', '({ code: "42P01", hint: null })', "{ code: '42P01', hint: null }"],
  ['nothing', 'undefined', 'undefined'],
])('a hook that throws %s is told by what it has thrown', async ([, thrown, text]) => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', hooks: { onLoad: `() => { throw ${thrown}; }` } });
  await expect(openSwapper(folder).load()).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    message: expect.stringContaining(`failed in thread 0: ${text} (`),
  });
});

const dying: PluginText = {
  name: 'armory',
  live: { live_sword: '() => "a sword"' },
  exports: { sword: '() => "a sword"' },
  functions: { fall: '() => { process.exit(7); }' },
  hooks: { onInit: '() => { setTimeout(() => process.exit(7), 20); }' },
};

test.for([
  ['the vault', 'vault.call("live_sword")'],
  ['an import', 'callImport("armory", "sword", [])'],
] as const)(
  'a hook that calls by %s a plugin whose thread dies before the load is done fails at once',
  async ([, call]) => {
    const folder = await tempFolder();
    // The first call to reject was pending when the thread died; the next one finds no thread.
    const onInit = `async (vault) => { try { for (;;) await ${call}; } catch { await ${call}; } }`;
    await deploy(folder, dying, { name: 'guardian', imports: ['armory'], hooks: { onInit } });
    const swapper = openSwapper(folder, { startMs: Infinity });
    const crash = { code: 'THREAD_CRASHED', plugin: 'armory' };
    await expect(swapper.load()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      cause: { code: 'HOOK_FAILED', plugin: 'guardian', cause: crash },
    });
  },
);

test('onReload can call a generation whose thread has died: the calls reject, and so does the reload', async () => {
  const folder = await tempFolder();
  await deploy(folder, { ...dying, hooks: {} });
  const answers: unknown[] = [];
  const swapper = openSwapper(folder, {
    onReload: async (next) => {
      const died = nextEvent(swapper, 'threadCrashed');
      answers.push(
        await next
          .plugin('armory')
          .invoke('fall')
          .catch((error: unknown) => error),
      );
      await died;
      answers.push(await next.vault.call('live_sword').catch((error: unknown) => error));
    },
  });
  const crash = { code: 'THREAD_CRASHED', plugin: 'armory', thread: 0 };
  await expect(swapper.load()).rejects.toMatchObject({ code: 'LOAD_FAILED', cause: crash });
  expect(answers).toMatchObject([crash, crash]);
});

test.for([
  ['throws', '() => { throw new RangeError("No exit."); }'],
  ['leaves', '() => { process.exit(1); }'],
  ['never ends', '() => new Promise(() => {})'],
  ['loops', '() => { for (;;); }'],
] as const)('an onFree that %s is reported, and the version retires all the same', async ([, onFree]) => {
  const folder = await tempFolder();
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => "old"' }, hooks: { onFree } });
  const swapper = openSwapper(folder, { freeMs: 300 });
  await swapper.load();
  const events = eventsOf(swapper);
  await deploy(folder, { name: 'guardian', live: { live_answer: '() => "new"' } });
  await swapper.reload();
  await until(() => events.some((event) => event.type === 'version' && event.state === 'retired'));
  const failed = events.find((event) => event.type === 'hookFailed');
  expect(failed).toMatchObject({ error: { code: 'HOOK_FAILED', hook: 'onFree' } });
  expect(await swapper.call('live_answer')).toBe('new');
});

test('an importer and what it imports that die at the same time find each other again', async () => {
  const folder = await tempFolder();
  const gate = join(folder, 'gate');
  await writeFile(gate, 'open');
  await deploy(
    folder,
    {
      name: 'armory',
      exports: { sword: '() => "a sword"' },
      live: { live_breakArmory: '() => { process.exit(1); }' },
    },
    {
      name: 'guardian',
      imports: ['armory'],
      // The module is imported only when the gate is open: its import is replaced meanwhile.
      module: `
        import { existsSync } from 'node:fs';
        while (!existsSync(${JSON.stringify(gate)})) await new Promise(setImmediate);`,
      live: {
        live_arm: "() => callImport('armory', 'sword', [])",
        live_breakGuardian: '() => { process.exit(1); }',
      },
    },
  );
  const swapper = openSwapper(folder);
  await swapper.load();
  const events = eventsOf(swapper);
  await rm(gate);
  const armoryIsBack = new Promise<void>((resolve) => {
    swapper.on('threadReplaced', ({ plugin }) => plugin === 'armory' && resolve());
  });
  await expect(swapper.call('live_breakGuardian')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await expect(swapper.call('live_breakArmory')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  await armoryIsBack;
  await writeFile(gate, 'open');
  expect(await swapper.call('live_arm')).toBe('a sword');
  const replaced = events.filter((event) => event.type === 'threadReplaced');
  expect(replaced.map((event) => event.type === 'threadReplaced' && event.plugin)).toEqual([
    'armory',
    'guardian',
  ]);
});
