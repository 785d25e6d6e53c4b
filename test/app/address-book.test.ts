import { expect, test } from 'vitest';
import { AddressBook, type Claim } from '../../lib/app/address-book.js';
import type { Board, OpenPort } from '../../lib/app/open-port.js';
import type { ListenRequest } from '../../lib/surface/listen.js';

/** A port that does nothing. */
const idlePort = { renew() {}, move: async () => {}, refuse() {}, isRefusing: false, close() {} };

/** Opens an address book, and tells which ports are open and which threads take connections there. */
function openBook(): { book: AddressBook<object>; open: Map<number, readonly object[]>; opened: number[] } {
  const open = new Map<number, readonly object[]>();
  const opened: number[] = [];
  let next = 40_000;
  const book = new AddressBook<object>(async ({ port: asked = 0 }: ListenRequest) => {
    if (asked === 80) throw Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    const port = asked === 0 ? next++ : asked;
    opened.push(port);
    open.set(port, []);
    const board: Board<object> = {
      switchTo: (takers) => void open.set(port, [...takers]),
      add: (taker) => void open.set(port, [...(open.get(port) ?? []), taker]),
      remove: (taker) =>
        void open.set(
          port,
          (open.get(port) ?? []).filter((one) => one !== taker),
        ),
    };
    const address = { address: '::', family: 'IPv6', port };
    const close = (): void => void open.delete(port);
    return { ...idlePort, address, board, close } satisfies OpenPort<object>;
  });
  return { book, open, opened };
}

/** Lets a thread listen; resolves to the answer that it gets. */
function listen(
  book: AddressBook<object>,
  thread: object,
  version: object,
  request: ListenRequest,
): Promise<Claim> {
  return new Promise((resolve, reject) => {
    book.listen(thread, version, request, resolve).catch(reject);
  });
}

const [old, next] = [{ version: 'old' }, { version: 'next' }];
const [oldThread, nextThread] = [{ thread: 'old' }, { thread: 'next' }];

test('the next version finds the port open, and takes what comes from the assignment on', async () => {
  const { book, open, opened } = openBook();
  await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  expect(open.get(3000)).toEqual([oldThread]);

  const claim = await listen(book, nextThread, next, { port: 3000 });
  expect(claim.address).toMatchObject({ port: 3000 });
  expect(open.get(3000)).toEqual([oldThread]);
  book.switchTo(next);
  expect(open.get(3000)).toEqual([nextThread]);
  expect(opened).toEqual([3000]);
});

test('a port that only the old version had is closed at the assignment, one that only the new one has is bound before', async () => {
  const { book, open } = openBook();
  await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  await listen(book, nextThread, next, { port: 4000 });
  expect(book.missingFor(next)).toEqual([{ port: 3000 }]);
  expect([...open.keys()]).toEqual([3000, 4000]);
  book.switchTo(next);
  expect([...open]).toEqual([[4000, [nextThread]]]);
});

test('another host of its port stands for an address that only the old version had', async () => {
  const { book } = openBook();
  await listen(book, oldThread, old, { port: 3000, host: '127.0.0.1' });
  await listen(book, oldThread, old, { port: 4000, host: '127.0.0.1' });
  book.switchTo(old);
  await listen(book, nextThread, next, { port: 3000, host: '127.0.0.2' });
  expect(book.missingFor(next)).toEqual([{ port: 4000, host: '127.0.0.1' }]);
});

test('another host stands for an address only once it is open there: until then, nobody knows whether it can be', async () => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const board: Board<object> = { switchTo() {}, add() {}, remove() {} };
  const book = new AddressBook<object>(async ({ port = 0, host }) => {
    if (host === 'slow.example') await opened;
    return { ...idlePort, address: { address: '::', family: 'IPv6', port }, board };
  });
  await listen(book, oldThread, old, { port: 3000, host: '127.0.0.1' });
  book.switchTo(old);
  const listening = listen(book, nextThread, next, { port: 3000, host: 'slow.example' });
  expect(book.missingFor(next)).toEqual([{ port: 3000, host: '127.0.0.1' }]);
  open();
  await listening;
  expect(book.missingFor(next)).toEqual([]);
});

test('an address that has moved for a version is back where the current one wants it when that version is refused', async () => {
  const hosts: (string | undefined)[] = [];
  const board: Board<object> = { switchTo() {}, add() {}, remove() {} };
  const book = new AddressBook<object>(async ({ port = 0, host }) => {
    if (port !== 0 && host !== '127.0.0.1') throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
    const address = { address: '127.0.0.1', family: 'IPv4', port };
    return { ...idlePort, address, board, move: async (request) => void hosts.push(request.host) };
  });
  await listen(book, oldThread, old, { port: 3000, host: '127.0.0.1' });
  book.switchTo(old);
  const { address } = await listen(book, nextThread, next, { port: 3000, host: '127.0.0.2' });
  expect([address, hosts]).toMatchObject([{ port: 3000 }, []]);
  await book.moveFor(next);
  book.stay();
  expect(hosts).toEqual(['127.0.0.2', '127.0.0.1']);
  book.switchTo(next);
  book.stay();
  expect(hosts.at(-1)).toBe('127.0.0.2');
});

test('a thread is not in the book when it is gone while its port was tried, or when the host is not there', async () => {
  let failTrial = (): void => {};
  const tried = new Promise<void>((resolve) => {
    failTrial = resolve;
  });
  const board: Board<object> = { switchTo() {}, add() {}, remove() {} };
  const book = new AddressBook<object>(async ({ port = 0, host }) => {
    if (port === 0) throw Object.assign(new Error('listen EADDRNOTAVAIL'), { code: 'EADDRNOTAVAIL' });
    if (host !== undefined) await tried;
    if (host !== undefined) throw Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
    const address = { address: '::', family: 'IPv6', port };
    return { ...idlePort, address, board };
  });
  await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  const told: Claim[] = [];
  const asked = book.listen(nextThread, next, { port: 3000, host: '10.0.0.1' }, (claim) => told.push(claim));
  book.leave(nextThread);
  failTrial();
  await asked;
  expect(told).toEqual([]);
  expect(book.isOpenFor(next)).toBe(false);

  const refused = listen(book, nextThread, next, { port: 3000, host: '10.0.0.1' });
  await expect(refused).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  expect(book.isOpenFor(next)).toBe(false);
});

test('the n-th listen on port 0 gets the port of the n-th of the version before', async () => {
  const { book, opened } = openBook();
  const portsOf = async (thread: object, version: object): Promise<unknown[]> => {
    const first = await listen(book, thread, version, { port: 0 });
    const second = await listen(book, thread, version, { port: 0 });
    return [first.address, second.address];
  };
  const before = await portsOf(oldThread, old);
  book.switchTo(old);
  expect(await portsOf(nextThread, next)).toEqual(before);
  expect(opened).toHaveLength(2);
});

test('a second listen of one thread on one address is EADDRINUSE, and a refusal of the platform is passed on', async () => {
  const { book } = openBook();
  await listen(book, oldThread, old, { port: 3000 });
  await expect(listen(book, oldThread, old, { port: 3000 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(listen(book, oldThread, old, { port: 80 })).rejects.toMatchObject({ code: 'EACCES' });
  await expect(listen(book, oldThread, old, { port: 80 })).rejects.toMatchObject({ code: 'EACCES' });
});

test('close() of the current version closes the port; of one that is not current, it ends its own share', async () => {
  const { book, open } = openBook();
  const claim = await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  const share = await listen(book, nextThread, next, { port: 3000 });
  share.release();
  expect(open.get(3000)).toEqual([oldThread]);
  claim.release();
  expect(open.size).toBe(0);
});

test('addresses that only a refused version had bound are closed when its thread is gone', async () => {
  const { book, open } = openBook();
  await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  await listen(book, nextThread, next, { port: 3000 });
  await listen(book, nextThread, next, { port: 4000 });
  book.leave(nextThread);
  expect([...open]).toEqual([[3000, [oldThread]]]);
});

test('a port that the current version closes is closed, also after its gate was closed and opened again', async () => {
  const { book, open } = openBook();
  const claim = await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  book.hold();
  book.resume(old);
  expect(open.get(3000)).toEqual([oldThread]);
  claim.release();
  expect([...open.keys()]).toEqual([]);
});

test('the end of an older version leaves a port open while the only thread of the current one is being replaced', async () => {
  const { book, open } = openBook();
  await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  await listen(book, nextThread, next, { port: 3000 });
  book.switchTo(next);
  book.leave(nextThread);
  book.leave(oldThread);
  expect([...open]).toEqual([[3000, []]]);
  const replacement = { thread: 'replacement' };
  await listen(book, replacement, next, { port: 3000 });
  expect([...open]).toEqual([[3000, [replacement]]]);
});

test('a port that the current version closes while an older one has its share is wanted no more, and closed with that share', async () => {
  const { book, open } = openBook();
  await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  const claim = await listen(book, nextThread, next, { port: 3000 });
  book.switchTo(next);
  claim.release();
  expect(book.open).toEqual([]);
  expect(book.missingFor({ version: 'third' })).toEqual([]);
  book.leave(oldThread);
  expect([...open.keys()]).toEqual([]);
});

test('a thread that comes up while the app ends leaves no port open', async () => {
  const { book, open } = openBook();
  await listen(book, oldThread, old, { port: 3000 });
  book.switchTo(old);
  book.closeAll();
  book.leave(oldThread);
  await listen(book, nextThread, old, { port: 3000 });
  book.leave(nextThread);
  expect([...open.keys()]).toEqual([]);
});
