import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { PluginText } from '../helpers/compose-plugin.js';
import { loadIn, modes } from '../helpers/modes.js';

/** A plugin whose watch ends only when its caller gives it up; it reports on the port it is given. */
const guardian: PluginText = {
  name: 'guardian',
  live: {
    live_keepWatch: `(port) => new Promise((resolve) => {
      const { signal } = context.call;
      signal.addEventListener('abort', () => {
        port.postMessage({ code: signal.reason.code, name: signal.reason.name });
        port.close();
        resolve('nobody hears this');
      });
      port.postMessage('standing');
    })`,
    live_weigh: '(gold) => { new Uint8Array(gold)[0] += 1; return transfer(gold, [gold]); }',
    live_wait: '() => new Promise(() => {})',
  },
};

describe.each(modes)('in mode %s', (mode) => {
  test('an aborted call rejects with the reason as its cause, and the plugin is told', async () => {
    const swapper = await loadIn(mode, [guardian]);
    const { port1, port2 } = new MessageChannel();
    const abort = new AbortController();
    const watch = swapper.with({ signal: abort.signal, transfer: [port2] }).call('live_keepWatch', port2);
    await once(port1, 'message');
    const told = once(port1, 'message');
    const reason = new Error('The king sleeps.');
    abort.abort(reason);
    await expect(watch).rejects.toMatchObject({
      code: 'CALL_ABORTED',
      call: 'live_keepWatch',
      cause: reason,
    });
    expect(await told).toEqual([{ code: 'CALL_ABORTED', name: 'LiveswapError' }]);
  });

  test('a call whose signal is aborted already is not made', async () => {
    const swapper = await loadIn(mode, [guardian]);
    const signal = AbortSignal.abort();
    await expect(swapper.with({ signal }).call('live_wait')).rejects.toMatchObject({
      code: 'CALL_ABORTED',
      cause: { name: 'AbortError' },
    });
    // Nothing is pending: closing does not wait for a call that was never sent.
    await swapper.close();
  });

  test('a call that takes longer than its timeout rejects with the name and the time, and the plugin is told', async () => {
    const swapper = await loadIn(mode, [guardian]);
    const { port1, port2 } = new MessageChannel();
    const standing = once(port1, 'message');
    const watch = swapper.with({ timeoutMs: 200, transfer: [port2] }).call('live_keepWatch', port2);
    // On a busy machine, this may be before the plugin has begun.
    const late = expect(watch).rejects.toMatchObject({
      code: 'CALL_TIMEOUT',
      call: 'live_keepWatch',
      timeoutMs: 200,
    });
    await standing;
    const told = once(port1, 'message');
    await late;
    expect(await told).toMatchObject([{ code: 'CALL_TIMEOUT' }]);
  });

  test('a transfer list moves its buffers to the plugin and, by the plugin, back', async () => {
    const swapper = await loadIn(mode, [guardian]);
    const gold = new Uint8Array([41, 7]).buffer;
    const weighed = await swapper.with({ transfer: [gold] }).call('live_weigh', gold);
    expect(gold.byteLength).toBe(0);
    expect([...new Uint8Array(weighed as ArrayBuffer)]).toEqual([42, 7]);
  });

  test.each([
    ['timeoutMs', NaN, /must be a number of milliseconds, 0 or more; it is NaN/],
    ['timeout', 5, /There is no option timeout; did you mean timeoutMs\?/],
    ['signal', {}, /must be an AbortSignal; it is {}/],
  ] as const)('an option that cannot be used is refused: %s', async (option, value, message) => {
    const swapper = await loadIn(mode, [guardian]);
    expect(() => swapper.with({ [option]: value })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', option, message: expect.stringMatching(message) }),
    );
  });

  test('options given later add to those given before', async () => {
    const swapper = await loadIn(mode, [guardian]);
    const abort = new AbortController();
    const patient = swapper.with({ timeoutMs: 60_000 }).with({ signal: abort.signal });
    const waiting = patient.call('live_wait');
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CALL_ABORTED' });
    const hasty = patient.with({ signal: undefined, timeoutMs: 1 });
    await expect(hasty.call('live_wait')).rejects.toMatchObject({ code: 'CALL_TIMEOUT', timeoutMs: 1 });
  });
});
