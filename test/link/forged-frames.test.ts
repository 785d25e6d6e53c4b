import { expect, test } from 'vitest';
import { Scope } from '../../lib/link/protocol.js';
import { linkPair } from '../helpers/link-pair.js';

/** Returns a list in a list, and so on, `height` deep. */
function tower(height: number): unknown {
  let top: unknown = { parts: [] };
  while (height-- > 0) top = { parts: [top] };
  return top;
}

const rubbish: unknown[] = [
  null,
  undefined,
  0,
  'gate',
  {},
  [],
  [99, 1],
  [null, null, null],
  [0],
  [0, 7, 0, 'salute', null],
  [0, 7, 'scope', { name: 'salute' }, []],
  [1, 7, 0, 'salute', []],
  [1, 7, 0, 'salute', [], [[0]]],
  [1, 7, 0, 'salute', [], [[0, { kind: 'catapult' }]]],
  [1, 7, 0, 'salute', [], [[0, { kind: 'error', error: null }]]],
  [2],
  [2, 12_345, 'an answer nobody waits for'],
  [3, 12_345, null],
  [3, 12_345, { kind: 'error' }],
  [4, 12_345],
  [4, 12_345, { type: 'constructor', name: 'toString', message: 1, properties: null }],
  [5],
  [5, 7, undefined],
  [6],
  [6, 0, null],
  [6, 0, { id: 'x', type: 'RELEASE' }],
  [6, 0, { id: 'x', type: 'SET', path: ['__proto__', 'polluted'], value: { type: 'RAW', value: true } }],
  [6, 0, { id: 'x', type: 'GET', path: ['constructor'] }],
  [6, 0, { id: 'x', type: 'APPLY', path: 'gate', argumentList: 7 }],
  [6, 0, { id: 'x', type: 'APPLY', path: ['gate'], argumentList: [null] }],
  [6, 0, { id: 'x', type: 'CONSTRUCT', path: [] }],
  [6, 8, { id: 'x', type: 'RAW' }],
  [7],
  [7, null],
  [8],
  [8, null, [0], [0, 7, 0, 1]],
  [8, [0, 'salute'], [0], { length: 1e15 }],
  [8, [0, 'salute'], [], [0, 7, 0, 1]],
  [8, [0, 'salute'], [0], [0, 7]],
  [8, [0, 'salute'], [0], [0, 7, 0, 'no list of arguments']],
  [8, [0, 'salute'], [{ parts: [0, 0] }], [0, 7, 0, 'one argument of two']],
  [8, [0, 'salute'], [{ parts: [0] }], [5, 7, 0, 'Ironkill']],
  [8, [0, 'salute'], [{ parts: 0 }], [0, 7, 0]],
  [8, [0, 'salute'], [{ parts: Array(100).fill(0) }], [0, 7, 0, ...Array(100).keys()]],
  [8, [0, 'salute'], [{ keys: ['__proto__'], parts: [{ keys: ['polluted'], parts: [0] }] }], [0, 7, 0, true]],
  [8, [0, 'salute'], [tower(500)], [0, 7, 0]],
  [8, [0, 'salute'], [{ parts: Object.assign([], { 1: 0 }) }], [0, 7, 0, 'one argument of two']],
  [8, [0, 'salute'], [0], [0, 7, 'length', 1]],
  [8, [0, 'salute'], [0], [0, 7, { toString: 1, valueOf: 1 }, 1]],
  [8, [0, 'salute'], [0], [{ toString: 1, valueOf: 1 }, 7, 0, 1]],
  [8, [], [0], [-1, 'x', 0, 'no id']],
  [8, [], [0], [-1, 12_345, 0, 'an answer nobody waits for']],
];

const holes: unknown = Array(4e9);

const batchesOfHoles: [what: string, frame: unknown][] = [
  ['with four billion addresses', [8, holes, [0], [0, 7, 0, 'Ironkill']]],
  ['with four billion forms', [8, [0, 'salute'], holes, [0, 7, 0, 1]]],
  ['with four billion keys', [8, [0, 'salute'], [{ keys: holes, parts: holes }], [0, 7, 0, 1]]],
  ['with four billion items', [8, [0, 'salute'], [0], holes]],
];

test.each([
  ...rubbish.map((frame): [string, unknown] => [JSON.stringify(frame) ?? 'undefined', frame]),
  ...batchesOfHoles,
])('a forged frame %s harms neither end', async (_text, frame) => {
  const { nearPort, farPort, call } = linkPair(
    { salute: (name: string) => `Hail ${name}` },
    { surface: { gate: () => 'open' } },
  );
  nearPort.postMessage(frame, []);
  farPort.postMessage(frame, []);
  expect(await call('salute', 'Ironkill')).toBe('Hail Ironkill');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('an answer that cannot be read rejects the call it is for', async () => {
  const { farPort, call } = linkPair({
    salute: () => {
      farPort.postMessage([3, 1, { kind: 'error' }], []);
      return new Promise(() => {});
    },
  });
  await expect(call('salute')).rejects.toThrow(TypeError);
});

test('an error class from the wire is looked up, never walked', async () => {
  const { farPort, call } = linkPair({
    salute: () => {
      farPort.postMessage(
        [4, 1, { type: 'constructor', name: 'Knight', message: 'fell', properties: {} }],
        [],
      );
      return new Promise(() => {});
    },
  });
  const error: unknown = await call('salute').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'Knight', message: 'fell' });
});

test.each([
  ['a list that is none', { length: 1e15 }],
  ['a list that is nothing but long', Array.from({ length: 100_000 })],
  ['no list', 'gate'],
])('a call whose arguments are %s is refused', async (_what, args) => {
  const { nearPort, farPort, near, call } = linkPair({ salute: () => 'Hail' });
  const refused = new Promise<unknown>((resolve) =>
    near.send(Scope.live, 'salute', [], [], { resolve: () => {}, reject: resolve }),
  );
  expect(near.pending).toBe(1);
  nearPort.postMessage([0, 1, 0, 'salute', args], []);
  farPort.postMessage([4, 1, { thrown: 'answered by a forger' }], []);
  expect(await refused).toBe('answered by a forger');
  expect(await call('salute')).toBe('Hail');
});
