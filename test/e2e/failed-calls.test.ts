import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import type { Swapper } from '../../lib/index.js';
import { tracing } from '../../lib/otel/index.js';
import { deploy } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';

type Call = (name: string, ...args: unknown[]) => Promise<unknown>;

const guardian = { name: 'guardian', live: { live_open: `() => { throw new Error('the gate is shut'); }` } };

/** The callers: a pin and a trace follow each call as well. */
const callers = {
  'the swapper': {},
  'a pinned session': { isPinned: true },
  'a traced swapper': { isTraced: true },
} as const;

/** Calls that fail: in the thread, where they are sent, and at once. */
const failures: Readonly<Record<string, Parameters<Call>>> = {
  'the gate is shut': ['live_open'],
  'Cannot pass arguments[0]': ['live_open', Symbol('gate')],
  live_opne: ['live_opne'],
};

const cases = Object.entries(callers).flatMap(([who, options]) =>
  Object.entries(failures).map(([message, call]) => ({ who, options, message, call })),
);

async function open({ isPinned = false, isTraced = false }): Promise<Call> {
  const folder = await tempFolder();
  await deploy(folder, guardian);
  const swapper: Swapper = openSwapper(folder, isTraced ? { tracing: tracing() } : {});
  await swapper.load();
  return (isPinned ? swapper.pin() : swapper).call;
}

/** Takes the place of the test runner, which would report the rejection. */
function hearRejections(): Promise<unknown[]> {
  const heard = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  onTestFinished(() => {
    for (const listener of heard) process.on('unhandledRejection', listener);
  });
  return once(process, 'unhandledRejection');
}

test.each(cases)('a failure of a call of $who that nobody handles is told: $message', async (one) => {
  const ask = await open(one.options);
  const unhandled = hearRejections();
  void ask(...one.call);
  expect(await unhandled).toEqual([
    expect.objectContaining({ message: expect.stringContaining(one.message) }),
    expect.any(Promise),
  ]);
});

test.each(cases)(
  'the stack of a failed call of $who leads to the code that called: $message',
  async (one) => {
    const ask = await open(one.options);
    const askInVain = async (): Promise<unknown> => await ask(...one.call);
    const error = await askInVain().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining(one.message) });
    expect((error as Error).stack).toMatch(/askInVain .*failed-calls\.test\.ts/);
  },
);
