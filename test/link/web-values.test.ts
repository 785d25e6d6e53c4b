import { expect, test } from 'vitest';
import { linkPair } from '../helpers/link-pair.js';

const echo = { echo: (value: unknown) => value };

/** Resolves to the value after it went as an argument and came back as a result, inside of an object. */
async function across<Value>(value: Value): Promise<Value> {
  const { call } = linkPair(echo);
  const deep = { in: [new Map([['place', { value }]])] };
  const back = (await call('echo', deep)) as typeof deep;
  return back.in[0]?.get('place')?.value as Value;
}

test('a URL and its parameters arrive as what they are', async () => {
  const url = await across(new URL('https://example.org/gate?side=north#bell'));
  expect(url).toBeInstanceOf(URL);
  expect(url.href).toBe('https://example.org/gate?side=north#bell');
  const query = await across(
    new URLSearchParams([
      ['a', '1'],
      ['a', '2'],
    ]),
  );
  expect(query).toBeInstanceOf(URLSearchParams);
  expect(query.getAll('a')).toEqual(['1', '2']);
});

test('headers keep each cookie on its own', async () => {
  const headers = new Headers({ host: 'gate' });
  headers.append('set-cookie', 'a=1');
  headers.append('set-cookie', 'b=2');
  const arrived = await across(headers);
  expect(arrived).toBeInstanceOf(Headers);
  expect(arrived.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(arrived.get('host')).toBe('gate');
});

test('a file keeps its name, type and time', async () => {
  const file = await across(new File(['dragon'], 'map.txt', { type: 'text/plain', lastModified: 7 }));
  expect(file).toBeInstanceOf(File);
  expect([file.name, file.type, file.lastModified, await file.text()]).toEqual([
    'map.txt',
    'text/plain',
    7,
    'dragon',
  ]);
});

test('a form arrives with its fields in order, files included', async () => {
  const form = new FormData();
  form.append('name', 'Ironkill');
  form.append('map', new File(['dragon'], 'map.txt'));
  form.append('name', 'Guardian');
  const arrived = await across(form);
  expect(arrived).toBeInstanceOf(FormData);
  expect([...arrived.keys()]).toEqual(['name', 'map', 'name']);
  expect(await (arrived.get('map') as File).text()).toBe('dragon');
});

test('a request arrives with method, headers, body and signal', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const body = 'open it';
  const { call } = linkPair({
    look: async ({ request }: { request: Request }) => {
      const text = await request.text();
      const aborted = new Promise((resolve) =>
        request.signal.addEventListener('abort', () => resolve(request.signal.reason)),
      );
      controller.abort('closed');
      return [request instanceof Request, request.method, request.headers.get('x-gate'), text, await aborted];
    },
  });
  const request = new Request('http://gate/', {
    method: 'POST',
    body,
    headers: { 'x-gate': 'north' },
    signal,
  });
  expect(await call('look', { request })).toEqual([true, 'POST', 'north', 'open it', 'closed']);
});

test('a response arrives with status, headers and a body that is read as it comes', async () => {
  const { call, held } = linkPair({
    fetch: () => [
      new Response(ReadableStream.from(['wa', 'ter'].map((one) => new TextEncoder().encode(one))), {
        status: 201,
        headers: { 'x-well': 'deep' },
      }),
    ],
  });
  const [response] = (await call('fetch')) as [Response];
  expect(response).toBeInstanceOf(Response);
  expect([response.status, response.headers.get('x-well')]).toEqual([201, 'deep']);
  expect(held()).toBe(1);
  expect(await response.text()).toBe('water');
});

test('a response without a body arrives without one', async () => {
  const arrived = await across(new Response(null, { status: 204 }));
  expect([arrived.status, arrived.body]).toEqual([204, null]);
});

test('a response whose body was read is refused, with its path', async () => {
  const { call } = linkPair(echo);
  const read = new Response('water');
  await read.text();
  await expect(call('echo', { read })).rejects.toMatchObject({
    code: 'NOT_CLONEABLE',
    path: 'arguments[0].read',
  });
});

test('a signal inside of a value is followed', async () => {
  const controller = new AbortController();
  const { call } = linkPair({
    wait: ({ signal }: { signal: AbortSignal }) => {
      const aborted = new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve(signal.reason)),
      );
      controller.abort('enough');
      return aborted;
    },
  });
  expect(await call('wait', { signal: controller.signal })).toBe('enough');
});

class Vault {
  readonly #gold = 1;
  weigh(): number {
    return this.#gold;
  }
}

test.each<[string, unknown]>([
  ['an event target', new EventTarget()],
  ['an abort controller', new AbortController()],
  ['a text decoder', new TextDecoder()],
  ['a formatter', new Intl.NumberFormat('en')],
  ['an instance with private fields only', new Vault()],
  ['a weak reference', new WeakRef({})],
  [
    'an object that is only an async iterable',
    { [Symbol.asyncIterator]: () => ({ next: () => ({ done: true }) }) },
  ],
])('what would arrive empty is refused, with its path: %s', async (_name, value) => {
  const { call } = linkPair(echo);
  await expect(call('echo', { deep: [value] })).rejects.toMatchObject({
    code: 'NOT_CLONEABLE',
    path: 'arguments[0].deep[0]',
  });
});

test('a value that is there twice is one value on the other side, beside what had to be replaced', async () => {
  const gate = { name: 'north' };
  const url = new URL('http://gate/');
  const loop: Record<string, unknown> = { gate, again: gate, url, urls: new Set([url]) };
  loop['self'] = loop;
  const back = await across(loop);
  expect(back['again']).toBe(back['gate']);
  expect(back['self']).toBe(back);
  expect([...(back['urls'] as Set<unknown>)][0]).toBe(back['url']);
});

test('an object that looks like what stands for something is left alone', async () => {
  const forged = { kind: 'url', href: 'http://gate/' };
  const back = await across({ forged, url: new URL('http://gate/') });
  expect(back.forged).toEqual(forged);
});

test('values beside a replaced one are as the platform clones them', async () => {
  const sparse: unknown[] = [1];
  sparse[3] = 4;
  const value = {
    url: new URL('http://gate/'),
    sparse,
    at: new Date(0),
    bytes: new Uint16Array([1, 2]),
    none: undefined,
    get computed() {
      return 7;
    },
    toJSON: 'unused',
    ['__proto__']: 'own',
  };
  const back = await across(value);
  expect(1 in back.sparse).toBe(false);
  expect(back.sparse).toHaveLength(4);
  expect(back).toMatchObject({
    at: new Date(0),
    bytes: new Uint16Array([1, 2]),
    computed: 7,
    toJSON: 'unused',
  });
  expect(Object.hasOwn(back, '__proto__')).toBe(true);
  expect('none' in back).toBe(true);
});

test('a small view sends what it shows, not its buffer', async () => {
  const { call } = linkPair({ weigh: (view: Uint8Array) => [view.buffer.byteLength, ...view] });
  const big = new Uint8Array(1_000_000).fill(7);
  expect(await call('weigh', big.subarray(10, 12))).toEqual([2, 7, 7]);
  expect(await call('weigh', Buffer.from('ab'))).toEqual([2, 97, 98]);
  const { call: fetch } = linkPair({ fetch: () => ({ view: new DataView(big.buffer, 8, 4) }) });
  expect(((await fetch('fetch')) as { view: DataView }).view.buffer.byteLength).toBe(4);
});

test('a view whose buffer is moved goes with all of it', async () => {
  const { callWith } = linkPair({ weigh: (view: Uint8Array) => view.buffer.byteLength });
  const big = new Uint8Array(1_000);
  expect(await callWith([big.buffer], 'weigh', big.subarray(10, 12))).toBe(1_000);
  expect(big.byteLength).toBe(0);
});
