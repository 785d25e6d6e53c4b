import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { useQuickResponses, wholeResponseOf } from '../../lib/http/thread/quick-response.js';

const Native = globalThis.Response;

beforeAll(useQuickResponses);
afterAll(() => {
  globalThis.Response = Native;
  Native.prototype.constructor = Native;
});

type Arguments = ConstructorParameters<typeof Response>;

const bytes = new Uint8Array([1, 2, 3]);

/** Arguments that make a quick response. */
const plain: Readonly<Record<string, () => Arguments>> = {
  nothing: () => [],
  null: () => [null],
  'an empty text': () => [''],
  text: () => ['Winter is coming.'],
  'text beyond ASCII': () => ['Dracarys 🔥'],
  'half of a character': () => ['\ud83d'],
  bytes: () => [bytes],
  'part of a buffer': () => [new Uint8Array(bytes.buffer, 1, 1)],
  'a status': () => ['lost', { status: 404 }],
  'no content': () => [null, { status: 204 }],
  'a reason': () => ['x', { status: 299, statusText: 'Hold The Door' }],
  headers: () => ['x', { headers: { 'X-House': 'Stark', accept: 'b', Zed: '' } }],
  'a type of its own': () => ['{}', { headers: { 'Content-Type': 'application/json' } }],
  'an instance of Headers': () => [
    'x',
    {
      headers: new Headers([
        ['a', '1'],
        ['Set-Cookie', 'b=1'],
        ['set-cookie', 'c=2'],
      ]),
    },
  ],
  'another response': () => ['x', new Native('y', { status: 201, headers: { 'x-one': '1' } })],
};

/** Arguments that the platform has to check. */
const special: Readonly<Record<string, () => Arguments>> = {
  'a stream': () => [new Blob(['x']).stream()],
  'a blob': () => [new Blob(['x'], { type: 'text/html' })],
  'a form': () => [new URLSearchParams({ a: '1' })],
  'pairs of headers': () => [
    'x',
    {
      headers: [
        ['a', '1'],
        ['a', '2'],
      ],
    },
  ],
  'one header in two cases': () => ['x', { headers: { a: '1', A: '2' } }],
  'a value with blanks around it': () => ['x', { headers: { a: ' 1 ' } }],
  'a value beyond ASCII': () => ['x', { headers: { a: 'é' } }],
  'a number as a value': () => ['x', { headers: { a: 1 as unknown as string } }],
  'a status as text': () => ['x', { status: '201' as unknown as number }],
};

const refused: Readonly<Record<string, () => Arguments>> = {
  'a status out of range': () => ['x', { status: 700 }],
  'a body with 204': () => ['x', { status: 204 }],
  'a header with a line break': () => ['x', { headers: { a: '1\r\nb: 2' } }],
  'a name that is none': () => ['x', { headers: { 'a b': '1' } }],
  'headers that are null': () => ['x', { headers: null as unknown as Headers }],
  'a reason with a line break': () => ['x', { statusText: 'a\nb' }],
};

describe('a quick response', () => {
  test.each(Object.entries({ ...plain, ...special }))(
    'of %s is what the platform makes of it',
    async (_, make) => {
      const [quick, native] = [new Response(...make()), new Native(...make())];
      expect(await factsOf(quick)).toEqual(await factsOf(native));
    },
  );

  test.each(Object.entries(refused))('is refused like the platform refuses it: %s', (_, make) => {
    const refusal = errorOf(() => new Native(...make()));
    expect(refusal).toBeInstanceOf(Error);
    expect(errorOf(() => new Response(...make()))).toEqual(refusal);
  });

  test.each(Object.entries(plain))('of %s is written without a stream', (_, make) => {
    expect(wholeResponseOf(new Response(...make()))).toBeDefined();
  });

  test.each(Object.entries(special))('of %s is left to the platform', (_, make) => {
    expect(wholeResponseOf(new Response(...make()))).toBeUndefined();
  });

  test('is written with the headers that it has by then', () => {
    const response = new Response('x', { headers: { a: '1' } });
    response.headers.append('set-cookie', 'b=1');
    response.headers.append('set-cookie', 'c=2');
    response.headers.delete('a');
    const rawHeaders = ['content-type', 'text/plain;charset=UTF-8', 'set-cookie', 'b=1', 'set-cookie', 'c=2'];
    expect(wholeResponseOf(response)).toMatchObject({ rawHeaders });
  });

  test('does not see what becomes of the arguments afterwards', async () => {
    const [own, headers] = [Uint8Array.from(bytes), new Headers({ a: '1' })];
    const response = new Response(own, { headers });
    own.fill(0);
    headers.set('a', '2');
    expect(response.headers.get('a')).toBe('1');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  test('has one set of headers, whenever it is asked for it', async () => {
    const response = new Response('x');
    const { headers } = response;
    expect(response.body).toBeInstanceOf(ReadableStream);
    headers.set('content-type', 'text/html');
    expect(response.headers).toBe(headers);
    expect((await response.clone().blob()).type).toBe('text/html');
  });

  test('is read once', async () => {
    const response = new Response('x');
    await response.text();
    expect(response.bodyUsed).toBe(true);
    expect(wholeResponseOf(response)).toBeUndefined();
    await expect(response.text()).rejects.toThrow(TypeError);
  });

  test('is known to the methods of the platform, also when they are taken from it, or patched later', async () => {
    expect(await Response.prototype.text.call(new Response('x'))).toBe('x');
    const status = Object.getOwnPropertyDescriptor(Response.prototype, 'status') as { get(): number };
    expect(status.get.call(new Response('x', { status: 201 }))).toBe(201);
    const text = vi.spyOn(Response.prototype, 'text').mockResolvedValue('patched');
    expect(await new Response('x').text()).toBe('patched');
    text.mockRestore();
  });

  test('keeps the bytes that it was made of, of a Buffer, too', async () => {
    const scratch = Buffer.from('secret');
    const response = new Response(scratch);
    scratch.fill('z');
    expect(Buffer.from(wholeResponseOf(response)?.body as Uint8Array).toString()).toBe('secret');
    expect(await response.text()).toBe('secret');
  });

  test('is an instance of the class, as are those of the platform and of subclasses', () => {
    class Raven extends Response {
      readonly wings = 2;
    }
    expect(new Response('x')).toBeInstanceOf(Response);
    expect(new Response('x')).toBeInstanceOf(Native);
    expect(new Native('x')).toBeInstanceOf(Response);
    expect(new Native('x').constructor).toBe(Response);
    expect(new Response('x').constructor).toBe(Response);
    expect(new Raven('x')).toMatchObject({ wings: 2, status: 200 });
    expect(new Raven('x')).toBeInstanceOf(Response);
    expect(Response.json({ a: 1 }).headers.get('content-type')).toBe('application/json');
    expect(Object.prototype.toString.call(new Response('x'))).toBe('[object Response]');
    expect(inspect(new Response('x'))).toBe(inspect(new Native('x')));
  });
});

async function factsOf(response: Response): Promise<unknown> {
  const { status, statusText, ok, type, url, redirected, bodyUsed, headers } = response;
  const body = Buffer.from(await response.clone().arrayBuffer()).toString('latin1');
  return {
    status,
    statusText,
    ok,
    type,
    url,
    redirected,
    bodyUsed,
    headers: [...headers],
    body,
    isNull: response.body === null,
  };
}

function errorOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
