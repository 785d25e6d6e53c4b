import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

const guardian: PluginText = {
  name: 'guardian',
  live: {
    live_keepWatch: '(port) => { port.postMessage("standing"); return new Promise(() => {}); }',
    live_leave: '(code) => process.exit(code)',
    live_stumble:
      '() => { setImmediate(() => { throw new RangeError("No sword."); }); return new Promise(() => {}); }',
    live_forget: '() => { void Promise.reject(new RangeError("No oath.")); return new Promise(() => {}); }',
    live_answer: '() => "Who goes there?"',
  },
};

test.for([
  ['process.exit', 'live_leave', { message: expect.stringContaining('3') }],
  ['an uncaught error', 'live_stumble', { name: 'RangeError', message: 'No sword.' }],
  ['an unhandled rejection', 'live_forget', { message: expect.stringContaining('No oath.') }],
] as const)(
  'a thread that dies of %s rejects the calls it held, and the next call is answered',
  async ([, killer, cause]) => {
    const folder = await tempFolder();
    await deploy(folder, guardian);
    const swapper = openSwapper(folder, { threads: 1 });
    await swapper.load();
    const { port1, port2 } = new MessageChannel();
    const watch = swapper.with({ transfer: [port2] }).call('live_keepWatch', port2);
    await once(port1, 'message');

    const died = { code: 'THREAD_CRASHED', plugin: 'guardian', thread: 0, cause };
    const killing = swapper.call(killer, 3);
    await Promise.all([
      expect(watch).rejects.toMatchObject(died),
      expect(killing).rejects.toMatchObject(died),
    ]);
    expect(await swapper.call('live_answer')).toBe('Who goes there?');
    port1.close();
  },
);
