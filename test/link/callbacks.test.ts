import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { linkPair } from '../helpers/link-pair.js';
import { until, untilCollected } from '../helpers/until.js';

type Callback = (...args: unknown[]) => Promise<unknown>;

test('a call-back runs where it was made, as often as it is called', async () => {
  const seen: unknown[] = [];
  const { call } = linkPair({
    report: async (tell: Callback) => {
      await tell('gate', 1);
      return tell('tower', 2);
    },
  });
  expect(await call('report', (...args: unknown[]) => seen.push(args))).toBe(2);
  expect(seen).toEqual([
    ['gate', 1],
    ['tower', 2],
  ]);
});

test('an error of a call-back is thrown where it was called', async () => {
  const { call } = linkPair({ report: (tell: Callback) => tell() });
  const failing = call('report', () => {
    throw new RangeError('nobody listens');
  });
  await expect(failing).rejects.toThrow(RangeError);
});

test('a call-back may be given a call-back, a stream and a signal in turn', async () => {
  const { call } = linkPair({
    relay: (back: Callback) =>
      back((name: string) => `Hail ${name}`, ReadableStream.from(['water']), AbortSignal.abort('no')),
  });
  const back = async (greet: Callback, stream: ReadableStream, signal: AbortSignal): Promise<unknown> => {
    const { value } = await stream.getReader().read();
    return [await greet('Ironkill'), value, signal.reason];
  };
  const answer = await call('relay', back);
  expect(answer).toEqual(['Hail Ironkill', 'water', 'no']);
});

test('a call-back whose link is gone rejects with what the link was closed with, each time', async () => {
  let kept: Callback | undefined;
  const { call, near, far } = linkPair({
    keep: (back: Callback) => {
      kept = back;
    },
  });
  await call('keep', () => 'alive');
  expect(await kept?.()).toBe('alive');
  const gone = new LiveswapError('RETIRED', 'gone');
  far.close(gone);
  near.close(gone);
  await expect(kept?.()).rejects.toMatchObject({ code: 'RETIRED' });
  await expect(kept?.()).rejects.toMatchObject({ code: 'RETIRED' });
});

test('a call-back that is running when the link goes rejects', async () => {
  let entered = false;
  const { call, near, far } = linkPair({ wait: (back: Callback) => back() });
  const waiting = call('wait', () => {
    entered = true;
    return new Promise(() => {});
  });
  const rejected = expect(waiting).rejects.toThrow('gone');
  await until(() => entered);
  far.close(new Error('gone'));
  near.close(new Error('gone'));
  await rejected;
});

test('a call-back that nobody keeps is let go', async () => {
  const { call } = linkPair({ glance: (_back: Callback) => 'seen' });
  const collected = new Set<number>();
  const registry = new FinalizationRegistry<number>((index) => collected.add(index));
  for (let index = 0; index < 20; index++) {
    const back = (): string => 'unused';
    registry.register(back, index);
    await call('glance', back);
  }
  await untilCollected(() => collected.size >= 19);
});

test('names that every object inherits are unknown, not called', async () => {
  const { near } = linkPair({});
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'a.b', '']) {
    await expect(near.surface().call(name, [])).rejects.toBeDefined();
  }
});
