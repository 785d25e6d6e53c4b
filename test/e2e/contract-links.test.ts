import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { deferred } from '../helpers/deferred.js';
import { nextEvent } from '../helpers/next-event.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const armory: PluginText = {
  name: 'armory',
  exports: {
    thread: '() => context.thread.index',
    hold: '() => new Promise(() => {})',
    die: '() => process.exit(3)',
  },
  live: { live_break: '() => process.exit(3)' },
};

const guardian: PluginText = {
  name: 'guardian',
  imports: ['armory'],
  live: {
    live_ask: '(method) => callImport("armory", method, [])',
    live_askMany:
      '(times) => Promise.all(Array.from({ length: times }, () => callImport("armory", "thread", [])))',
    live_fall: '() => process.exit(3)',
  },
};

/** Makes a gate that lets callers through; once it is closed, they wait until it is opened. */
function gate() {
  const reached = deferred();
  const opened = deferred();
  let isClosed = false;
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    close: (): void => {
      isClosed = true;
    },
    pass: (): Promise<void> | undefined => {
      if (!isClosed) return undefined;
      reached.resolve();
      return opened.promise;
    },
  };
}

const inOrder = (numbers: readonly number[]): number[] => numbers.toSorted((left, right) => left - right);

test('the calls of one thread are spread over the threads of what it imports', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder, { threads: 3 });
  await swapper.load();
  const answers = (await swapper.call('live_askMany', 30)) as number[];
  expect(inOrder(answers)).toEqual([...Array(10).fill(0), ...Array(10).fill(1), ...Array(10).fill(2)]);
});

test('a link follows when a thread of the dependency is replaced; what the dead one held is rejected', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  const replaced = nextEvent(swapper, 'threadReplaced');
  const held = swapper.call('live_ask', 'hold');
  const killed = swapper.call('live_ask', 'die');
  await expect(held).rejects.toMatchObject({ code: 'THREAD_CRASHED', plugin: 'armory', thread: 0 });
  await expect(killed).rejects.toMatchObject({ code: 'THREAD_CRASHED', plugin: 'armory', thread: 0 });
  // No thread of armory is up: the call waits for the next.
  const waited = swapper.call('live_ask', 'thread');
  expect(await waited).toBe(0);
  expect(await replaced).toMatchObject({ plugin: 'armory', thread: 0 });
});

test('with a thread of the dependency gone, the others take its calls', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder, { threads: 2 });
  await swapper.load();
  const crashed = nextEvent(swapper, 'threadCrashed');
  const replaced = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_ask', 'die').catch(() => {});
  const { thread } = await crashed;
  const answers = (await swapper.call('live_askMany', 8)) as number[];
  expect(new Set(answers)).toContain(1 - thread);
  await replaced;
  const again = (await swapper.call('live_askMany', 8)) as number[];
  expect(inOrder(again)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
});

test('a thread that replaces one of a dependent has its links when it takes calls', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder, { threads: 2 });
  await swapper.load();
  const replaced = nextEvent(swapper, 'threadReplaced');
  await expect(swapper.call('live_fall')).rejects.toMatchObject({ code: 'THREAD_CRASHED' });
  expect(await replaced).toMatchObject({ plugin: 'guardian' });
  const answers = await Promise.all([1, 2, 3, 4].map(() => swapper.call('live_askMany', 4)));
  // Two of them may share a thread: the pending calls of the first decide where calls of the second go.
  for (const threads of answers) expect(new Set(threads as number[])).toEqual(new Set([0, 1]));
});

test('a thread that replaces one takes no calls of dependents before its hooks are done', async () => {
  const folder = await tempFolder();
  const slow: PluginText = {
    ...armory,
    module: 'let isReady = false;',
    exports: { thread: '() => isReady', die: '() => process.exit(3)' },
    hooks: { onInit: 'async () => { await context.vault.extension.forge(); isReady = true; }' },
  };
  await deploy(folder, slow, guardian);
  const forge = gate();
  const swapper = openSwapper(folder, { extension: () => ({ forge: forge.pass }) });
  await swapper.load();
  forge.close();
  await swapper.call('live_ask', 'die').catch(() => {});
  const asked = swapper.call('live_ask', 'thread');
  await forge.reached;
  forge.open();
  expect(await asked).toBe(true);
});

test('a thread of each plugin is replaced at once: the two are linked, whichever is up first', async () => {
  const folder = await tempFolder();
  const gates = { armory: gate(), guardian: gate() };
  await deploy(
    folder,
    { ...armory, hooks: { onInit: 'async () => { await context.vault.extension.pass("armory"); }' } },
    {
      ...guardian,
      // This runs before the plugin's imports are open.
      hooks: { exports: 'async () => { await context.vault.extension.pass("guardian"); return {}; }' },
    },
  );
  const swapper = openSwapper(folder, {
    extension: () => ({ pass: (plugin: keyof typeof gates) => gates[plugin].pass() }),
  });
  await swapper.load();
  for (const { close } of Object.values(gates)) close();
  const replaced = (plugin: string) =>
    nextEvent(swapper, 'threadReplaced', (event) => event.plugin === plugin);
  const both = [replaced('guardian'), replaced('armory')] as const;
  await swapper.call('live_fall').catch(() => {});
  await gates.guardian.reached;
  await swapper.call('live_break').catch(() => {});
  await gates.armory.reached;
  gates.guardian.open();
  await both[0];
  gates.armory.open();
  await both[1];
  expect(await swapper.call('live_ask', 'thread')).toBe(0);
});

test('when the dependency is given up, calls of it are refused, those that wait for it, too', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder, { crashLoop: { crashes: 2, withinMs: 3_600_000 } });
  await swapper.load();
  const replaced = nextEvent(swapper, 'threadReplaced');
  await swapper.call('live_ask', 'die').catch(() => {});
  await replaced;
  const failed = nextEvent(swapper, 'version', ({ state }) => state === 'failed');
  await swapper.call('live_ask', 'die').catch(() => {});
  await failed;
  await expect(swapper.call('live_ask', 'thread')).rejects.toMatchObject({
    code: 'VERSION_FAILED',
    plugin: 'armory',
  });
});

test('a version that was given up is started afresh, byte-identical as it is, and its dependents with it', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder, { crashLoop: { crashes: 1, withinMs: 3_600_000 } });
  await swapper.load();
  const failed = nextEvent(swapper, 'version', ({ state }) => state === 'failed');
  await swapper.call('live_break').catch(() => {});
  await failed;
  await expect(swapper.call('live_break')).rejects.toMatchObject({
    code: 'VERSION_FAILED',
    plugin: 'armory',
  });
  expect(await swapper.reload()).toEqual({ armory: 'ok', guardian: 'relinked' });
  expect(await swapper.call('live_ask', 'thread')).toBe(0);
});

test('a reload binds what it starts to what it carries over, also while a thread of that is replaced', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  await deploy(folder, { ...guardian, module: '// the second release' });
  const replaced = nextEvent(swapper, 'threadReplaced');
  const crashed = nextEvent(swapper, 'threadCrashed');
  swapper.call('live_break').catch(() => {});
  await crashed;
  expect(await swapper.reload()).toEqual({ armory: 'unchanged', guardian: 'ok' });
  expect(await swapper.call('live_ask', 'thread')).toBe(0);
  await replaced;
});
