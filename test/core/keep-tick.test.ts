import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Records the ticks of two pairs of links, and tells which of them a full collection leaves. */
const program = `
  import { createHook } from 'node:async_hooks';
  import { MessageChannel } from 'node:worker_threads';
  const { Link } = await import(${JSON.stringify(new URL('../../dist/lib/link/link.js', import.meta.url).href)});
  const ticks = [];
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'TickObject') ticks.push(new WeakRef(resource));
    },
  }).enable();
  const links = () => {
    const { port1, port2 } = new MessageChannel();
    return [new Link(port1, { channels: 'odd', answer() {} }), new Link(port2, { channels: 'even', answer() {} })];
  };
  links();
  links();
  hook.disable();
  setTimeout(() => {
    gc();
    console.log(JSON.stringify(ticks.map((tick) => tick.deref() !== undefined)));
    process.exit();
  }, 1);`;

test('the first link of a thread keeps a tick alive, so that V8 never forgets the shape of ticks', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--input-type=module',
    '--eval',
    program,
  ]);
  const [first, ...others] = JSON.parse(stdout) as boolean[];
  expect(first).toBe(true);
  expect(new Set(others)).toEqual(new Set([false]));
});
