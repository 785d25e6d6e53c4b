import { expect, test } from 'vitest';
import { linkPair } from '../helpers/link-pair.js';

const trap = {
  get gold(): never {
    throw new Error('cursed');
  },
};

class Knight {
  readonly name = 'Ironkill';
  greet(): string {
    return `Hail ${this.name}`;
  }
}

test.each([
  ['arguments[1].x.onDone', [1, { x: { onDone: () => {} } }]],
  ['arguments[0]["a key"][2]', [{ 'a key': [0, 1, Symbol('oath')] }]],
  ['arguments[0].chest.gold', [{ chest: trap }]],
  ['arguments[0].get("sword")', [new Map([['sword', () => {}]])]],
  ['arguments[0].keys[0]', [new Map([[() => {}, 1]])]],
  ['arguments[0].values[0]', [new Set([() => {}])]],
  ['arguments[0].later', [{ later: Promise.resolve() }]],
  ['arguments[0]', [new WeakMap()]],
  ['arguments[0]', [Symbol('oath')]],
])('an argument that cannot cross is named: %s', async (path, args) => {
  const { call, near } = linkPair({ salute: () => 'Hail' });
  await expect(call('salute', ...args)).rejects.toMatchObject({ code: 'NOT_CLONEABLE', path });
  expect(near.pending).toBe(0);
  expect(await call('salute')).toBe('Hail');
});

test.each<[string, unknown]>([
  ['result.items[3].onDone', { items: [1, 2, 3, { onDone: () => {} }] }],
  ['result', () => {}],
  ['result', Symbol('oath')],
  ['result.gold', trap],
  ['result[1].forge', [0, { forge: new WeakSet() }]],
])('a result that cannot cross is named, and the other side lives on: %s', async (path, result) => {
  const { call } = linkPair({ fetch: async () => result, salute: () => 'Hail' });
  await expect(call('fetch')).rejects.toMatchObject({ code: 'NOT_CLONEABLE', path });
  expect(await call('salute')).toBe('Hail');
});

test('a result of a call-back that cannot cross is named too', async () => {
  const { call } = linkPair({ ask: (back: () => unknown) => back() });
  await expect(call('ask', () => ({ deep: [() => {}] }))).rejects.toMatchObject({
    code: 'NOT_CLONEABLE',
    path: 'result.deep[0]',
  });
});

test('an instance of a class arrives as the platform clones it: its data without its methods', async () => {
  const { call } = linkPair({ echo: (value: unknown) => value });
  expect(await call('echo', new Knight())).toEqual({ name: 'Ironkill' });
});

test('a result nested deeper than the stack is refused', async () => {
  let deep: unknown = () => {};
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  const { call } = linkPair({ fetch: () => deep });
  await expect(call('fetch')).rejects.toMatchObject({ code: 'NOT_CLONEABLE' });
});

test('a value nested deeper than the stack is not searched for a culprit, level by level', async () => {
  let deep: unknown = [];
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  let reads = 0;
  const cellar = {
    get stairs() {
      reads++;
      return deep;
    },
  };
  const { call } = linkPair({ fetch: () => cellar });
  await expect(call('fetch')).rejects.toMatchObject({ code: 'NOT_CLONEABLE', path: 'result' });
  expect(reads).toBe(1);
});

test('a culprit is searched for a hundred levels deep', async () => {
  let deep: unknown = () => {};
  for (let depth = 0; depth < 500; depth++) deep = [deep];
  const { call } = linkPair({ fetch: () => deep });
  await expect(call('fetch')).rejects.toMatchObject({
    code: 'NOT_CLONEABLE',
    path: `result${'[0]'.repeat(100)}`,
  });
});

test('a result whose then throws rejects the call', async () => {
  const cursed = new Proxy(
    {},
    {
      get() {
        throw new Error('cursed');
      },
    },
  );
  const { call } = linkPair({ fetch: () => cursed, salute: () => 'Hail' });
  await expect(call('fetch')).rejects.toThrow('cursed');
  expect(await call('salute')).toBe('Hail');
});

test('a stream that somebody reads already is refused, and nothing stays open', async () => {
  const { call, near } = linkPair({ fetch: (_stream: ReadableStream) => 'never' });
  const stream = new ReadableStream();
  stream.getReader();
  await expect(call('fetch', () => {}, stream)).rejects.toMatchObject({
    code: 'NOT_CLONEABLE',
    path: 'arguments[1]',
  });
  expect(near.pending).toBe(0);
});

test('a result that is a stream somebody reads already leaves nothing held', async () => {
  const stream = new ReadableStream();
  stream.getReader();
  const { call, held } = linkPair({ fetch: () => stream });
  await expect(call('fetch')).rejects.toMatchObject({ code: 'NOT_CLONEABLE', path: 'result' });
  expect(held()).toBe(0);
});
