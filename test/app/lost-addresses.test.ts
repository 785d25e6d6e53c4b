import { expect, test } from 'vitest';
import type { Tunnel } from '../../lib/sockets/host/tunnel.js';
import type { Version } from '../../lib/version/version.js';
import { AddressBook } from '../../lib/app/address-book.js';
import { LostAddresses } from '../../lib/app/lost-addresses.js';

test('while a version hands over, its threads may go: their addresses are waited for when it goes on', () => {
  const outsideWork = { isGated: true };
  const version = { outsideWork, state: { kind: 'active' } } as unknown as Version;
  const book = new AddressBook<Tunnel>(() => Promise.reject(new Error('no port')));
  const awaited: object[] = [];
  book.whenNothingMissing = async (one) => void awaited.push(one);
  const lost = new LostAddresses({
    swapper: { on: () => () => {} },
    book,
    startMs: 1_000,
    rootOf: () => '',
    current: () => version,
  });

  void lost.wait(version);
  expect(awaited).toEqual([]);
  outsideWork.isGated = false;
  void lost.wait(version);
  expect(awaited).toEqual([version]);
});
