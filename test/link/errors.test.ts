import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { linkPair } from '../helpers/link-pair.js';

/** Resolves to the rejection of a call when the other side throws `thrown`. */
async function caught(thrown: unknown): Promise<unknown> {
  const { call } = linkPair({
    fall: () => {
      throw thrown;
    },
  });
  return call('fall').then(
    () => expect.fail('It did not throw.'),
    (error: unknown) => error,
  );
}

class SiegeError extends RangeError {
  override readonly name = 'SiegeError';
  readonly walls = { north: 2 };
}

test('an error keeps its name, message, stack, code and own properties', async () => {
  const thrown = Object.assign(new Error('The gate is broken.'), { code: 'EGATE', ladders: [1, 2] });
  const error = (await caught(thrown)) as Error;
  expect(error).toMatchObject({
    name: 'Error',
    message: 'The gate is broken.',
    code: 'EGATE',
    ladders: [1, 2],
  });
  expect(error.stack).toBe(thrown.stack);
  expect(Object.keys(error)).toEqual(['code', 'ladders']);
});

test.each([TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError])(
  '%o keeps its class',
  async (BuiltIn) => {
    const error = await caught(new BuiltIn('no'));
    expect(error).toBeInstanceOf(BuiltIn);
    expect((error as Error).constructor).toBe(BuiltIn);
  },
);

test('a subclass keeps its name, and the built-in class it comes from', async () => {
  const error = await caught(new SiegeError('breached'));
  expect(error).toBeInstanceOf(RangeError);
  expect(error).toMatchObject({ name: 'SiegeError', message: 'breached', walls: { north: 2 } });
});

test('a DOMException keeps its class, name and code', async () => {
  const error = await caught(new DOMException('enough', 'AbortError'));
  expect(error).toBeInstanceOf(DOMException);
  expect(error).toMatchObject({ name: 'AbortError', message: 'enough', code: DOMException.ABORT_ERR });
});

test('a LiveswapError keeps its class, code and fields, also from another copy of the class', async () => {
  const own = await caught(new LiveswapError('QUEUE_FULL', 'full', { plugin: 'guardian', maxQueued: 3 }));
  expect(own).toBeInstanceOf(LiveswapError);
  expect(own).toMatchObject({ code: 'QUEUE_FULL', plugin: 'guardian', maxQueued: 3 });
  const copy = Object.assign(new Error('full'), { name: 'LiveswapError', code: 'QUEUE_FULL' });
  expect(await caught(copy)).toBeInstanceOf(LiveswapError);
});

test('the chain of causes and the parts of an aggregate arrive', async () => {
  const root = new TypeError('root');
  const error = (await caught(
    new AggregateError([new SiegeError('one', { cause: root }), 'two'], 'both', { cause: root }),
  )) as AggregateError;
  expect(error).toBeInstanceOf(AggregateError);
  expect(error.cause).toBeInstanceOf(TypeError);
  expect(error.errors[0]).toMatchObject({ name: 'SiegeError', message: 'one' });
  expect(error.errors[1]).toBe('two');
});

test.each([['a text'], [42], [undefined], [null], [Number.NaN], [7n], [{ fallen: ['Ironkill'] }], [[1, 2]]])(
  'thrown %o arrives as it was thrown',
  async (thrown) => {
    expect(await caught(thrown)).toEqual(thrown);
  },
);

test('a thrown function or symbol arrives as its text', async () => {
  expect(await caught(Symbol('oath'))).toBe('Symbol(oath)');
  expect(String(await caught(() => 'oath'))).toContain('oath');
});

test('an error of another realm is an error', async () => {
  const error = await caught(runInNewContext('new TypeError("from afar")'));
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'TypeError', message: 'from afar' });
});

test('a cause that is its own cause is told once', async () => {
  const loop = new Error('loop');
  loop.cause = new Error('back', { cause: loop });
  const error = (await caught(loop)) as Error;
  expect(error.cause).toMatchObject({ message: 'back' });
  expect((error.cause as Error).cause).toBeUndefined();
});

test('an aggregate that holds itself a thousand times is told once', async () => {
  const parts: unknown[] = [];
  const loop = new AggregateError(parts, 'loop');
  Object.defineProperty(loop, 'errors', { value: Array.from({ length: 1_000 }, () => loop) });
  expect(await caught(loop)).toMatchObject({ message: 'loop', errors: [] });
});

test('a very long chain of causes is cut, not fatal', async () => {
  let error = new Error('deepest');
  for (let depth = 0; depth < 20_000; depth++) error = new Error(`at ${depth}`, { cause: error });
  expect(await caught(error)).toMatchObject({ message: 'at 19999', cause: { message: 'at 19998' } });
});

test('properties that cannot be read or cloned are left out', async () => {
  const hostile = Object.assign(new Error('hostile'), { act: () => 'no', fine: 1 });
  Object.defineProperty(hostile, 'trap', {
    enumerable: true,
    get() {
      throw new Error('trapped');
    },
  });
  const error = await caught(hostile);
  expect(error).toMatchObject({ message: 'hostile', fine: 1 });
  expect(error).not.toHaveProperty('trap');
  expect(error).not.toHaveProperty('act');
});

test.each(['name', 'message', 'stack', 'cause', 'errors'])(
  'an error whose %s throws still arrives',
  async (key) => {
    const hostile = new AggregateError([], 'hostile');
    Object.defineProperty(hostile, key, {
      get() {
        throw new Error('trapped');
      },
    });
    expect(await caught(hostile)).toBeInstanceOf(AggregateError);
  },
);

test('a proxy that throws at every touch still rejects the call', async () => {
  const throws = (): never => {
    throw new Error('trapped');
  };
  const handler = {
    get: throws,
    has: throws,
    getPrototypeOf: throws,
    ownKeys: throws,
    getOwnPropertyDescriptor: throws,
  };
  expect(await caught(new Proxy({}, handler))).toBeDefined();
  expect(await caught(new Proxy(new Error('inside'), handler))).toBeDefined();
});

test('a frozen error arrives', async () => {
  expect(await caught(Object.freeze(new SiegeError('frozen')))).toMatchObject({ message: 'frozen' });
});

test('a huge message arrives whole', async () => {
  const message = 'x'.repeat(5_000_000);
  expect(((await caught(new Error(message))) as Error).message).toHaveLength(message.length);
});

test('an own property called __proto__ does not change what the error is', async () => {
  const error = new Error('cursed');
  Object.defineProperty(error, '__proto__', { value: { cursed: true }, enumerable: true });
  expect(Object.getPrototypeOf(await caught(error))).toBe(Error.prototype);
});

test('an error is also carried as a value: argument, result, property of an error', async () => {
  const { call } = linkPair({ echo: (value: unknown) => value });
  const echoed = await call('echo', new SiegeError('as a value', { cause: new TypeError('why') }));
  expect(echoed).toBeInstanceOf(RangeError);
  expect(echoed).toMatchObject({ name: 'SiegeError', walls: { north: 2 }, cause: { message: 'why' } });
});

test('errors of a class that is no AggregateError arrive', async () => {
  class Invalid extends Error {
    readonly errors = [new RangeError('too far'), { path: 'gate' }];
  }
  const error = (await caught(new Invalid('no'))) as Invalid;
  expect(error.errors[0]).toBeInstanceOf(RangeError);
  expect(error.errors[1]).toEqual({ path: 'gate' });
});

test('properties that are not enumerable arrive, and stay so', async () => {
  const thrown = new Error('invalid');
  Object.defineProperty(thrown, 'issues', { value: [{ path: ['gate'] }], enumerable: false });
  Object.defineProperty(thrown, 'code', { value: 'E_GATE', enumerable: false });
  const error = (await caught(thrown)) as Error & { issues: unknown; code: string };
  expect([error.issues, error.code, Object.keys(error)]).toEqual([[{ path: ['gate'] }], 'E_GATE', []]);
});

test('getters of the class arrive', async () => {
  class HttpError extends Error {
    get statusCode(): number {
      return 404;
    }
    get code(): string {
      return 'E_NOT_FOUND';
    }
  }
  expect(await caught(new HttpError('gone'))).toMatchObject({ statusCode: 404, code: 'E_NOT_FOUND' });
});

test('an aggregate keeps every part, what is no error included', async () => {
  const thrown = await Promise.any([Promise.reject(), Promise.reject(new RangeError('far'))]).catch(
    (one: unknown) => one,
  );
  const { errors } = (await caught(thrown)) as AggregateError;
  expect(errors).toHaveLength(2);
  expect(errors[0]).toBeUndefined();
  expect(errors[1]).toBeInstanceOf(RangeError);
});

test('a cause that two errors share is one error on the other side, too', async () => {
  const cause = new TypeError('root');
  const thrown = new AggregateError([new Error('one', { cause }), new Error('two', { cause })]);
  const { errors } = (await caught(thrown)) as AggregateError;
  const [one, two] = errors as Error[];
  expect(one?.cause).toBeInstanceOf(TypeError);
  expect(two?.cause).toBe(one?.cause);
});

test('errors anywhere inside of a value keep what identifies them', async () => {
  const { call } = linkPair({ echo: (value: unknown) => value });
  const settled = await Promise.allSettled([Promise.reject(new SiegeError('breached'))]);
  const echoed = (await call('echo', { settled, why: new DOMException('enough', 'AbortError') })) as {
    settled: PromiseRejectedResult[];
    why: unknown;
  };
  expect(echoed.settled[0]?.reason).toMatchObject({ name: 'SiegeError', walls: { north: 2 } });
  expect(echoed.why).toBeInstanceOf(DOMException);
  expect(echoed.why).toMatchObject({ name: 'AbortError' });
});

test('an error in a property of an error is an error; of the rest, what can cross is kept', async () => {
  const inner = Object.assign(new RangeError('inner'), { code: 'E_INNER' });
  const thrown = Object.assign(new Error('outer'), {
    originalError: inner,
    response: { status: 500, config: { f() {}, url: new URL('http://gate/') } },
  });
  const error = (await caught(thrown)) as typeof thrown;
  expect(error.originalError).toBeInstanceOf(RangeError);
  expect(error.originalError.code).toBe('E_INNER');
  expect(error.response).toEqual({ status: 500, config: { url: new URL('http://gate/') } });
});

test('a stack that is no text is left out', async () => {
  const thrown = new Error('no text');
  Object.defineProperty(thrown, 'stack', { value: [{ frame: 1 }] });
  expect(await caught(thrown)).toMatchObject({ message: 'no text' });
});
