import { getEventListeners } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { LifeOfVersions } from '../helpers/life-of-versions.js';
import { loadIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { until, untilCollected } from '../helpers/until.js';

const armory: PluginText = {
  name: 'armory',
  module: 'const log = []; const note = (what) => { log.push(what); };',
  exports: {
    echo: '(value) => value',
    fail: "() => { throw Object.assign(new RangeError('No sword.'), { code: 'EMPTY', cause: new TypeError('why') }); }",
    tell: '(back) => back("armed")',
    patrol:
      'async function* () { try { for (let step = 1; ; step++) yield step; } finally { note("home"); } }',
    pour: "() => new ReadableStream({ pull(to) { to.enqueue('water'); }, cancel(why) { note(String(why)); } }, { highWaterMark: 0 })",
    move: '(size) => { const moved = new Uint8Array(size); return transfer({ moved }, [moved.buffer]); }',
    log: '() => log',
    wait: '(signal) => new Promise((resolve) => { if (signal.aborted) resolve(signal.reason); else signal.addEventListener("abort", () => resolve(signal.reason)); })',
  },
  live: {
    live_armory: '() => "the armory"',
    live_shout: '(back) => back("ho")',
    live_flow: '() => new ReadableStream({ pull(to) { to.enqueue("mead"); } }, { highWaterMark: 0 })',
  },
};

const guardian: PluginText = {
  name: 'guardian',
  imports: ['armory'],
  module: 'let lastSignal; let pending;',
  live: {
    live_answer: '(name) => `Hail ${name}`',
    live_wait: '() => new Promise(() => {})',
    live_sleep: '(ms) => new Promise((resolve) => setTimeout(resolve, ms, "rested"))',
    live_heed:
      '() => new Promise((resolve) => { context.call.signal.addEventListener("abort", () => { lastSignal = context.call.signal.reason; resolve("heeded"); }); })',
    live_lastReason:
      '() => ({ code: lastSignal?.code, cause: lastSignal?.cause?.message ?? lastSignal?.cause })',
    live_hold: '() => new Promise((resolve) => { pending = resolve; })',
    live_let: '() => pending?.("let go")',
    live_import: '(method, ...args) => callImport("armory", method, args)',
    live_relay: '(name, ...args) => context.vault.call(name, ...args)',
    live_drink:
      'async () => { const stream = await callImport("armory", "pour", []); const reader = stream.getReader(); const { value } = await reader.read(); await reader.cancel("enough"); return value; }',
    live_follow:
      'async () => { const steps = []; for await (const step of await callImport("armory", "patrol", [])) { steps.push(step); if (step === 2) break; } return steps; }',
    live_moved: 'async (size) => (await callImport("armory", "move", [size])).moved.byteLength',
    live_pour: "() => new ReadableStream({ pull(to) { to.enqueue('water'); } }, { highWaterMark: 0 })",
    live_patrol: 'async function* () { for (let step = 1; ; step++) yield step; }',
    live_linger:
      '() => { let done; context.waitUntil(new Promise((resolve) => { pending = resolve; })); return "waiting"; }',
    live_signal: '(signal) => signal.aborted',
  },
};

describe.each(modes)('in mode %s', (mode) => {
  test('a call whose deadline passes rejects at once, and counts as pending until the plugin lets go', async () => {
    const swapper = await loadIn(mode, [armory, guardian]);
    const held = swapper.with({ timeoutMs: 20 }).call('live_hold');
    await expect(held).rejects.toMatchObject({ code: 'CALL_TIMEOUT', timeoutMs: 20, call: 'live_hold' });
    const { balancer } =
      swapper.current.versions.find((version) => version.plugin === 'guardian') ?? expect.fail();
    expect(balancer.pending).toBe(1);
    await swapper.call('live_let');
    await until(() => balancer.pending === 0);
  });

  test('the plugin is told of an abort that comes while the arguments are read', async () => {
    const swapper = await loadIn(mode, [armory, guardian]);
    const controller = new AbortController();
    const order = {
      get urgent() {
        controller.abort('too late');
        return true;
      },
    };
    const call = swapper.with({ signal: controller.signal }).call('live_heed', order);
    await expect(call).rejects.toMatchObject({ code: 'CALL_ABORTED' });
    const { balancer } =
      swapper.current.versions.find((version) => version.plugin === 'guardian') ?? expect.fail();
    await until(() => balancer.pending === 0);
    expect(await swapper.call('live_lastReason')).toEqual({ code: 'CALL_ABORTED', cause: 'too late' });
  });

  test('the plugin is told of a deadline and of an abort by the signal of the call', async () => {
    const swapper = await loadIn(mode, [armory, guardian]);
    await expect(swapper.with({ timeoutMs: 20 }).call('live_heed')).rejects.toMatchObject({
      code: 'CALL_TIMEOUT',
    });
    expect(await swapper.call('live_lastReason')).toMatchObject({ code: 'CALL_TIMEOUT' });
    const controller = new AbortController();
    const heeding = swapper.with({ signal: controller.signal }).call('live_heed');
    setImmediate(() => controller.abort(new Error('retreat')));
    await expect(heeding).rejects.toMatchObject({ code: 'CALL_ABORTED', cause: { message: 'retreat' } });
    expect(await swapper.call('live_lastReason')).toEqual({ code: 'CALL_ABORTED', cause: 'retreat' });
  });

  test('an aborted signal stops a call before it is sent', async () => {
    const swapper = await loadIn(mode, [armory, guardian]);
    const call = swapper.with({ signal: AbortSignal.abort('no') }).call('live_answer', 'Ironkill');
    await expect(call).rejects.toMatchObject({ code: 'CALL_ABORTED', cause: 'no' });
  });

  test('callTimeoutMs holds for every call, unless the call says otherwise; Infinity is never', async () => {
    const swapper = await loadIn(mode, [armory, guardian], { callTimeoutMs: 30 });
    await expect(swapper.call('live_wait')).rejects.toMatchObject({ code: 'CALL_TIMEOUT' });
    expect(await swapper.with({ timeoutMs: Infinity }).call('live_sleep', 60)).toBe('rested');
    expect(await swapper.with({ timeoutMs: 2 ** 40 }).call('live_sleep', 60)).toBe('rested');
  });

  test('many calls with one long-lived signal leave no listener on it', async () => {
    const swapper = await loadIn(mode, [armory, guardian]);
    const { signal } = new AbortController();
    const caller = swapper.with({ signal });
    const calls = Array.from({ length: 100 }, () => caller.call('live_signal', signal));
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 100 }, () => false));
    await until(() => getEventListeners(signal, 'abort').length === 0);
  });

  test('beyond concurrency calls wait, beyond maxQueued they are refused', async () => {
    const swapper = await loadIn(mode, [armory, guardian], { concurrency: 1, maxQueued: 2 });
    const held = swapper.call('live_hold');
    const first = swapper.call('live_answer', 'Ironkill');
    const second = swapper.call('live_answer', 'Asa');
    await expect(swapper.call('live_answer', 'Brom')).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      plugin: 'guardian',
      maxQueued: 2,
    });
    const refused = Promise.all(
      [held, first, second].map((call) => expect(call).rejects.toMatchObject({ code: 'CLOSED' })),
    );
    await swapper.destroy();
    await refused;
  });

  test('calls that call their own plugin do not wait for the places that they have taken', async () => {
    const swapper = await loadIn(mode, [armory, guardian], { concurrency: 2 });
    const relayed = Array.from({ length: 6 }, () => swapper.call('live_relay', 'live_answer', 'Ironkill'));
    expect(await Promise.all(relayed)).toEqual(Array.from({ length: 6 }, () => 'Hail Ironkill'));
  });

  test('errors, call-backs, streams, iterators, transfers and signals cross from plugin to plugin', async () => {
    const swapper = await loadIn(mode, [armory, guardian]);
    await expect(swapper.call('live_import', 'fail')).rejects.toMatchObject({
      name: 'RangeError',
      message: 'No sword.',
      code: 'EMPTY',
      cause: { name: 'TypeError', message: 'why' },
    });
    expect(await swapper.call('live_import', 'tell', (word: string) => `${word} twice`)).toBe('armed twice');
    expect(await swapper.call('live_drink')).toBe('water');
    expect(await swapper.call('live_follow')).toEqual([1, 2]);
    expect(await swapper.call('live_moved', 64)).toBe(64);
    expect(await swapper.call('live_import', 'wait', AbortSignal.abort('now'))).toBe('now');
    await expect
      .poll(() => swapper.call('live_import', 'log'))
      .toEqual(expect.arrayContaining(['enough', 'home']));
  });

  test('they cross through the vault too', async () => {
    const swapper = await loadIn(mode, [armory, guardian]);
    expect(await swapper.call('live_relay', 'live_armory')).toBe('the armory');
    expect(await swapper.call('live_relay', 'live_shout', (word: string) => `${word}!`)).toBe('ho!');
    const stream = (await swapper.call('live_relay', 'live_flow')) as ReadableStream;
    const reader = stream.getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'mead' });
    await reader.cancel();
    await expect(swapper.call('live_relay', 'live_nobody')).rejects.toMatchObject({
      code: 'FUNCTION_UNKNOWN',
    });
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a.b', ''])(
    'the name %j is unknown, whoever asks for it',
    async (name) => {
      const swapper = await loadIn(mode, [armory, guardian]);
      await expect(swapper.call(name)).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
      await expect(swapper.call('live_relay', name)).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
      await expect(swapper.call('live_import', name)).rejects.toMatchObject({ code: 'FUNCTION_UNKNOWN' });
      await expect(swapper.current.plugin('guardian').invoke(name)).rejects.toMatchObject({
        code: 'FUNCTION_UNKNOWN',
      });
      await expect(swapper.current.plugin('guardian').lookup(name)).rejects.toMatchObject({
        code: 'SYMBOL_UNKNOWN',
      });
      expect(await swapper.call('live_answer', 'Ironkill')).toBe('Hail Ironkill');
    },
  );

  test('a stream that nobody reads any more is let go, and holds its version no longer', async () => {
    const swapper = await loadIn(mode, [armory, guardian]);
    const held = (): number =>
      swapper.current.versions
        .flatMap(({ threads }) => threads.map((thread) => thread.gauge.held))
        .reduce((sum, one) => sum + one, 0);
    const open = [await swapper.call('live_pour'), await swapper.call('live_patrol')];
    expect(held()).toBe(2);
    open.length = 0;
    await untilCollected(() => held() === 0);
  });

  test('memory stays bounded when the caller outruns the plugin', async () => {
    const swapper = await loadIn(mode, [armory, guardian], { concurrency: 4, maxQueued: 50 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5_000 }, () => swapper.call('live_sleep', 1)),
    );
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(5_000 - 54);
    expect(refused.every(({ reason }) => (reason as { code: string }).code === 'QUEUE_FULL')).toBe(true);
  });
});

test.each(['live_pour', 'live_patrol', 'live_linger'])(
  'work that %s leaves open keeps its version until it ends, and is cut with DRAIN_TIMEOUT after drainMs',
  async (name) => {
    const folder = await tempFolder();
    await deploy(folder, armory, guardian);
    const swapper = openSwapper(folder, { drainMs: 250 });
    await swapper.load();
    const life = new LifeOfVersions(swapper);
    const open = await swapper.call(name);
    const old = swapper.current.versions.find((version) => version.plugin === 'guardian') ?? expect.fail();
    expect(old.threads.map((thread) => thread.gauge.held)).toEqual([1]);
    await deploy(folder, { ...guardian, module: `${guardian.module} // newer` });
    await swapper.reload();
    expect(old.state.kind).toBe('draining');
    await life.untilRetired(1);
    if (name === 'live_linger') return;
    const next = open instanceof ReadableStream ? open.getReader().read() : (open as AsyncGenerator).next();
    await expect(next).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT', plugin: 'guardian' });
  },
);

test('a stream that is read to its end while its version drains lets it retire', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder);
  await swapper.load();
  const life = new LifeOfVersions(swapper);
  const steps = (await swapper.call('live_patrol')) as AsyncGenerator<number>;
  await steps.next();
  await deploy(folder, { ...guardian, module: `${guardian.module} // newer` });
  await swapper.reload();
  expect(await steps.next()).toEqual({ done: false, value: 2 });
  expect(life.retired).toEqual([]);
  await steps.return(undefined);
  await life.untilRetired(1);
});

test('a call that is pending when its deadline for draining passes rejects DRAIN_TIMEOUT', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder, { drainMs: 150 });
  await swapper.load();
  const held = swapper.call('live_wait');
  const cut = expect(held).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT', drainMs: 150 });
  await deploy(folder, { ...guardian, module: `${guardian.module} // newer` });
  await swapper.reload();
  await cut;
});

test('a call that still waits for a thread when the deadline for draining passes rejects DRAIN_TIMEOUT too', async () => {
  const folder = await tempFolder();
  const gate = join(folder, 'gate');
  await writeFile(gate, 'open');
  await deploy(folder, {
    name: 'herald',
    module: `import { existsSync } from 'node:fs';
      if (!existsSync(${JSON.stringify(gate)})) await new Promise(() => {});`,
    live: { live_exit: '() => { process.exit(1); }', live_answer: '() => "Hail"' },
  });
  const swapper = openSwapper(folder, { drainMs: 100 });
  await swapper.load();
  await rm(gate);
  await swapper.call('live_exit').catch(() => {});
  const waiting = expect(swapper.call('live_answer')).rejects.toMatchObject({
    code: 'DRAIN_TIMEOUT',
    message: expect.stringContaining(': 1 calls pending'),
  });
  await swapper.close();
  await waiting;
});

test('closing ends in time however many calls wait: all of them reject DRAIN_TIMEOUT', async () => {
  const folder = await tempFolder();
  await deploy(folder, armory, guardian);
  const swapper = openSwapper(folder, { concurrency: 1, drainMs: 50 });
  await swapper.load();
  const calls = Array.from({ length: 9_000 }, () => swapper.call('live_wait'));
  const outcomes = Promise.allSettled(calls);
  await swapper.close();
  const codes = (await outcomes).map(
    (one) => one.status === 'rejected' && (one.reason as { code: string }).code,
  );
  expect(new Set(codes)).toEqual(new Set(['DRAIN_TIMEOUT']));
});

test('something that is no promise, given to waitUntil, holds nothing', async () => {
  const folder = await tempFolder();
  const careless = {
    name: 'herald',
    live: { live_wait: '() => { context.waitUntil(undefined); return 1; }' },
  };
  await deploy(folder, careless);
  const swapper = openSwapper(folder);
  const life = new LifeOfVersions(swapper);
  await swapper.load();
  expect(await swapper.call('live_wait')).toBe(1);
  await deploy(folder, { ...careless, module: '// newer' });
  await swapper.reload();
  await life.untilRetired(1);
});

test('a call-back into a version that has retired rejects RETIRED', async () => {
  const folder = await tempFolder();
  let kept: ((word: string) => Promise<unknown>) | undefined;
  const keeper: PluginText = {
    name: 'keeper',
    live: { live_give: '() => context.vault.extension.keep((word) => `heard ${word}`)' },
  };
  await deploy(folder, keeper);
  const swapper = openSwapper(folder, {
    extension: () => ({
      keep: (back: (word: string) => Promise<unknown>) => {
        kept = back;
      },
    }),
  });
  await swapper.load();
  const life = new LifeOfVersions(swapper);
  await swapper.call('live_give');
  expect(await kept?.('ho')).toBe('heard ho');
  await deploy(folder, { ...keeper, module: '// newer' });
  await swapper.reload();
  await life.untilRetired(1);
  await expect(kept?.('ho')).rejects.toMatchObject({ code: 'RETIRED', plugin: 'keeper' });
});

test('calls that wait while every thread is down are bounded too, and answered when one is up', async () => {
  const fragile: PluginText = {
    name: 'guardian',
    live: { live_exit: '() => { process.exit(1); }', live_answer: '() => "Hail"' },
  };
  const swapper = await loadIn('threads', [fragile], { maxQueued: 5 });
  await swapper.call('live_exit').catch(() => {});
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => swapper.call('live_answer')));
  expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(5);
});
