import { expect, test } from 'vitest';
import { linkPair } from '../helpers/link-pair.js';
import { until, untilCollected } from '../helpers/until.js';

/** Returns a generator that notes what happens to it. */
function patrol(notes: string[]): AsyncGenerator<number, string, string> {
  return (async function* () {
    try {
      for (let step = 1; ; step++) {
        const order = yield step;
        if (order) notes.push(order);
        if (order === 'halt') return 'halted';
      }
    } catch (error) {
      notes.push(`caught ${(error as Error).message}`);
      return 'fled';
    } finally {
      notes.push('home');
    }
  })();
}

test('an async generator is pulled, one step a call', async () => {
  const notes: string[] = [];
  const { call, held } = linkPair({ walk: () => patrol(notes) });
  const steps = (await call('walk')) as AsyncGenerator<number, string, string>;
  expect(held()).toBe(1);
  expect(await steps.next()).toEqual({ done: false, value: 1 });
  expect(await steps.next('north')).toEqual({ done: false, value: 2 });
  expect(await steps.next('halt')).toEqual({ done: true, value: 'halted' });
  expect(notes).toEqual(['north', 'halt', 'home']);
  expect(held()).toBe(0);
  expect(await steps.next()).toEqual({ done: true, value: undefined });
});

test('an early break runs the finally of the generator', async () => {
  const notes: string[] = [];
  const { call, held } = linkPair({ walk: () => patrol(notes) });
  for await (const step of (await call('walk')) as AsyncIterable<number>) if (step === 3) break;
  expect(notes).toEqual(['home']);
  expect(held()).toBe(0);
});

test('throw() reaches the generator as an error of the same class', async () => {
  const notes: string[] = [];
  const { call } = linkPair({ walk: () => patrol(notes) });
  const steps = (await call('walk')) as AsyncGenerator<number, string, string>;
  await steps.next();
  expect(await steps.throw(new RangeError('wolves'))).toEqual({ done: true, value: 'fled' });
  expect(notes).toEqual(['caught wolves', 'home']);
  await expect(steps.throw(new Error('late'))).rejects.toThrow('late');
});

test('return() gives its value back, at the start too', async () => {
  const { call, held } = linkPair({ walk: () => patrol([]) });
  const steps = (await call('walk')) as AsyncGenerator<number, string, string>;
  expect(await steps.return('early')).toEqual({ done: true, value: 'early' });
  expect(held()).toBe(0);
});

test('an error in the middle ends the iteration', async () => {
  const { call, held } = linkPair({
    walk: async function* () {
      yield 1;
      throw new TypeError('a pit');
    },
  });
  const steps = (await call('walk')) as AsyncGenerator<number>;
  await steps.next();
  await expect(steps.next()).rejects.toThrow(TypeError);
  expect(await steps.next()).toEqual({ done: true, value: undefined });
  expect(held()).toBe(0);
});

test('steps that are asked for before those ahead of them are there are answered like those of a local generator', async () => {
  const { call } = linkPair({
    walk: async function* () {
      yield 1;
      return 'halted';
    },
    flee: async function* () {
      yield 1;
      throw new RangeError('wolves');
    },
  });
  const ask = async (name: string): Promise<AsyncGenerator<number, string>> =>
    (await call(name)) as AsyncGenerator<number, string>;
  const over = { done: true, value: undefined };
  const walk = await ask('walk');
  expect(
    await Promise.all([walk.next(), walk.next(), walk.next(), walk.return('home'), walk.next()]),
  ).toEqual([
    { done: false, value: 1 },
    { done: true, value: 'halted' },
    over,
    { done: true, value: 'home' },
    over,
  ]);
  const left = await ask('walk');
  expect(await Promise.all([left.next(), left.return('home'), left.next()])).toEqual([
    { done: false, value: 1 },
    { done: true, value: 'home' },
    over,
  ]);
  const flight = await ask('flee');
  expect(await Promise.allSettled([flight.next(), flight.next(), flight.next()])).toMatchObject([
    { value: { done: false, value: 1 } },
    { reason: { name: 'RangeError', message: 'wolves' } },
    { value: over },
  ]);
});

test('an iterator without return or throw, or with ones that misbehave, is ended all the same', async () => {
  const bare = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }) };
  const rude = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: 1 }),
      return: (): never => {
        throw new Error('rude');
      },
    }),
  };
  const { call, held } = linkPair({ bare: () => bare, rude: () => rude });
  for await (const step of (await call('bare')) as AsyncIterable<number>) if (step === 1) break;
  expect(held()).toBe(0);
  await call('rude');
  await untilCollected(() => held() === 0);
});

test('an iterable whose iterator cannot be had rejects the call', async () => {
  const broken = {
    [Symbol.asyncIterator]: (): never => {
      throw new Error('no way in');
    },
  };
  const { call, held, near } = linkPair({ walk: () => broken, take: () => 'taken' });
  await expect(call('walk')).rejects.toMatchObject({ code: 'NOT_CLONEABLE', path: 'result' });
  await expect(call('take', broken)).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
  expect(held()).toBe(0);
  expect(near.pending).toBe(0);
});

test('an iterator that is abandoned is returned on the other side when it is collected', async () => {
  const notes: string[] = [];
  const { call, held } = linkPair({ walk: () => patrol(notes) });
  await ((await call('walk')) as AsyncGenerator<number>).next();
  await untilCollected(() => held() === 0);
  await until(() => notes.length > 0);
  expect(notes).toEqual(['home']);
});

test('an iterable argument is pulled from the other side', async () => {
  const notes: string[] = [];
  const { call } = linkPair({
    follow: async (steps: AsyncIterable<number>) => {
      const seen: number[] = [];
      for await (const step of steps) {
        seen.push(step);
        if (step === 3) break;
      }
      return seen;
    },
  });
  expect(await call('follow', patrol(notes))).toEqual([1, 2, 3]);
  expect(notes).toEqual(['home']);
});
