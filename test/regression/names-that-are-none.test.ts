import { expect, test } from 'vitest';
import { loadIn } from '../helpers/modes.js';

const guardian = {
  name: 'guardian',
  live: {
    live_answer: '(name) => name',
    live_ask: `async (what) => {
      const name = { nothing: undefined, symbol: Symbol('name'), function: () => {}, number: 7 }[what];
      // So many calls share a message.
      const calls = Array.from({ length: 200 }, (_, number) => context.vault.call('live_answer', number));
      const refusal = context.vault.call(name).catch(({ code }) => code);
      return [await refusal, (await Promise.all(calls)).length];
    }`,
  },
  functions: { polish: '() => 1' },
};

test.each(['nothing', 'symbol', 'function', 'number'])(
  'a plugin that calls a %s instead of a name is refused, and its other calls are answered',
  async (what) => {
    const swapper = await loadIn('threads', [guardian]);
    expect(await swapper.call('live_ask', what)).toEqual(['FUNCTION_UNKNOWN', 200]);
    expect(swapper.stats().crashes).toBe(0);
  },
);

test.each([undefined, null, 7, Symbol('name'), () => {}, Object.create(null)])(
  'the host that calls %o is refused',
  async (name) => {
    const swapper = await loadIn('threads', [guardian]);
    const refusal = { code: 'FUNCTION_UNKNOWN', message: expect.stringContaining('must be a string') };
    await expect(swapper.call(name as string)).rejects.toMatchObject(refusal);
    await expect(swapper.current.plugin('guardian').invoke(name as string)).rejects.toMatchObject(refusal);
  },
);
