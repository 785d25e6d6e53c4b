import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { loadIn, modes } from '../helpers/modes.js';

const gate = {
  name: 'gate',
  live: {
    live_take: '(one, other) => [one, other].map((given) => given instanceof MessagePort)',
    live_give: 'async () => ({ port: await closed() })',
    live_fail:
      'async () => { throw Object.assign(new Error("The gate is shut."), { port: await closed() }); }',
    live_note: 'async () => { context.log.info({ port: await closed() }, "shut"); return "noted"; }',
    live_keep: 'async () => context.vault.dataBag.set("port", { port: await closed() })',
  },
  module: `async function closed() {
    const { port1, port2 } = new MessageChannel();
    const gone = new Promise((resolve) => { port1.onmessage = () => {}; port1.addEventListener('close', resolve); });
    port1.start();
    port2.close();
    await gone;
    return port2;
  }`,
};

async function closedPort(): Promise<MessagePort> {
  const { port1, port2 } = new MessageChannel();
  const gone = once(port1, 'close');
  port1.start();
  port2.close();
  await gone;
  return port2;
}

const notCloneable = (path: string): object => expect.objectContaining({ code: 'NOT_CLONEABLE', path });

test.each(modes)(
  'a port that is closed is refused like any other that cannot cross, with %s',
  async (mode) => {
    const swapper = await loadIn(mode, [gate]);
    const port = await closedPort();
    await expect(swapper.call('live_take', port)).rejects.toEqual(notCloneable('arguments[0]'));
    await expect(swapper.call('live_take', 1, { port })).rejects.toEqual(notCloneable('arguments[1].port'));
    await expect(swapper.with({ transfer: [port] }).call('live_take', [port])).rejects.toEqual(
      notCloneable('arguments[0][0]'),
    );
    await expect(swapper.call('live_give')).rejects.toEqual(notCloneable('result.port'));
    await expect(swapper.call('live_fail')).rejects.toThrow('The gate is shut.');
    await expect(swapper.call('live_note')).resolves.toBe('noted');
    await expect(swapper.call('live_keep')).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
    await expect(swapper.current.vault.dataBag.set('port', new Map([['port', port]]))).rejects.toMatchObject({
      code: 'NOT_CLONEABLE',
    });
  },
);
