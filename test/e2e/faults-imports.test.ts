import { describe, expect, test } from 'vitest';
import type { PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';

/** A guardian that calls the armory directly, as many times at once as it is told. */
const plugins: readonly PluginText[] = [
  {
    name: 'armory',
    module: 'const waiting = []; const nobody = new Int32Array(new SharedArrayBuffer(4));',
    exports: {
      forge:
        '(team) => new Promise((done) => { if (waiting.push(done) === team) for (const each of waiting.splice(0)) each(team); })',
      guard:
        '() => { const { signal } = context.call; return new Promise((resolve) => signal.addEventListener("abort", () => resolve(context.vault.dataBag.set("relieved", true)))); }',
      // On a busy machine, the caller may have given up before the call begins.
      wait: `async (signal) => {
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await context.vault.dataBag.set('why', String(signal.reason.code));
      }`,
      exit: '() => { process.exit(3); }',
      loop: '() => { Atomics.wait(nobody, 0, 0); }',
    },
  },
  {
    name: 'guardian',
    imports: ['armory'],
    live: {
      live_arm: `async (times) => {
          const calls = Array.from({ length: times }, () => callImport('armory', 'forge', [Math.min(times, 5)]));
          const settled = await Promise.allSettled(calls);
          return settled.map(({ value, reason }) => value ?? reason.code);
        }`,
      live_wait: "() => callImport('armory', 'wait', [context.call.signal])",
      live_guard: "() => callImport('armory', 'guard', [])",
      live_leave: "() => { callImport('armory', 'guard', []); setImmediate(() => process.exit(1)); }",
      live_break: "() => callImport('armory', 'exit', [])",
      live_stick: "() => callImport('armory', 'loop', [])",
      live_relieved: '() => context.vault.dataBag.get("relieved")',
      live_why: '() => context.vault.dataBag.get("why")',
    },
  },
];

describe.each(modes)('in mode %s', (mode) => {
  test('direct calls beyond concurrency are sent, since they may be what it waits for, and beyond maxQueued refused', async () => {
    const swapper = await loadIn(mode, plugins, { concurrency: 2, maxQueued: 3 });
    const answers = (await swapper.call('live_arm', 7)) as unknown[];
    expect(answers.slice(0, 5)).toEqual([5, 5, 5, 5, 5]);
    expect(answers.slice(5)).toEqual(['QUEUE_FULL', 'QUEUE_FULL']);
    // Answered calls made room.
    expect(await swapper.call('live_arm', 5)).toEqual([5, 5, 5, 5, 5]);
  });

  test('a caller that gives up reaches what its plugin called, by the signal that is passed on', async () => {
    const swapper = await loadIn(mode, plugins);
    const gaveUp = swapper.with({ timeoutMs: 50 }).call('live_wait');
    await expect(gaveUp).rejects.toMatchObject({ code: 'CALL_TIMEOUT' });
    await expect.poll(() => swapper.call('live_why')).toBe('CALL_TIMEOUT');
  });
});

test.for([
  ['dies', 'live_break', { message: expect.stringMatching(/^process.exit\(3\) was called at ./) }],
  ['is ended because it is stuck', 'live_stick', { message: expect.stringContaining('stuckMs') as string }],
] as const)('a direct call to a thread that %s is told why', async ([, name, cause]) => {
  const swapper = await loadIn('threads', plugins, { stuckMs: 500 });
  await expect(swapper.call(name)).rejects.toMatchObject({
    code: 'THREAD_CRASHED',
    plugin: 'armory',
    thread: 0,
    cause,
  });
  expect(await swapper.call('live_arm', 1)).toEqual([1]);
});

test('a signal that is not passed on leaves direct calls alone, until their caller dies', async () => {
  const swapper = await loadIn('threads', plugins);
  const gaveUp = swapper.with({ timeoutMs: 50 }).call('live_guard');
  await expect(gaveUp).rejects.toMatchObject({ code: 'CALL_TIMEOUT' });
  expect(await swapper.call('live_relieved')).toBeUndefined();
  await swapper.call('live_leave').catch(() => {});
  await expect.poll(() => swapper.call('live_relieved')).toBe(true);
});
