import { expect, test } from 'vitest';
import type { Call } from '../../lib/dispatch/call.js';
import { bestConnection, narrowConnection } from '../../lib/dispatch/choose-connection.js';

interface Given {
  readonly pending?: number;
  readonly heardAt?: number;
  readonly isSilent?: boolean;
  readonly admits?: (call: Call) => boolean;
}

const connections = (...given: readonly Given[]) =>
  given.map((one, index) => ({
    index,
    pending: 0,
    heardAt: 0,
    isSilent: false,
    admits: undefined,
    ...one,
  }));

test('the connection with the fewest pending calls is best, and among equals the one heard of last', () => {
  expect(bestConnection(connections({ pending: 2 }, { pending: 1 }), undefined)?.index).toBe(1);
  expect(bestConnection(connections({ heardAt: 1 }, { heardAt: 3 }, { heardAt: 2 }), undefined)?.index).toBe(
    1,
  );
});

test('a silent connection is best only when there is no other', () => {
  expect(bestConnection(connections({ isSilent: true }, { pending: 9 }), undefined)?.index).toBe(1);
  expect(bestConnection(connections({ isSilent: true }), undefined)?.index).toBe(0);
});

test('a call with a home goes there, however much that has to do, and nowhere while it is not up', () => {
  expect(bestConnection(connections({}, { pending: 9 }), 1)?.index).toBe(1);
  expect(bestConnection(connections({}), 1)).toBeUndefined();
});

test('a connection that only admits some calls is found by those alone', () => {
  const admits = ({ name }: Call): boolean => name === 'live_sharpen';
  const coming = connections({ admits });
  expect(bestConnection(coming, undefined)).toBeUndefined();
  expect(bestConnection(coming, 0)).toBeUndefined();
  expect(narrowConnection(coming, { name: 'live_sharpen' } as Call)?.index).toBe(0);
  expect(narrowConnection(coming, { name: 'live_polish' } as Call)).toBeUndefined();
});
