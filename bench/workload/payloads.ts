import type { CallPeer } from '../peers/calls/call-peer.js';
import type { OneCall } from './drive.js';

/** Data that crosses with a call, there and back. */
export interface Payload {
  readonly name: string;
  /** Returns a function that makes one call of `peer` with the data. */
  callsOf(peer: CallPeer): OneCall;
}

/** A small object, as jobs and orders are. */
export const order = {
  id: 4711,
  name: 'Ironkill',
  open: true,
  position: { x: 12.5, y: -3 },
  tags: ['guard', 'gate'],
};

/** Objects within objects: ten of them. */
const family = {
  name: 'Eddard',
  wife: { name: 'Catelyn', father: { name: 'Hoster' } },
  sons: [{ name: 'Robb' }, { name: 'Bran' }, { name: 'Rickon' }],
  daughters: [{ name: 'Sansa' }, { name: 'Arya' }],
};
const families = Array.from({ length: 10 }, (_, id) => ({ ...family, id }));

/** Data of about 10 KB when it is serialised. */
const ledger = Array.from({ length: 120 }, (_, id) => ({ ...order, id, name: `Guard number ${id}` }));

export const nothing: Payload = { name: 'no argument', callsOf: (peer) => () => peer.salute() };
export const text: Payload = { name: 'string', callsOf: (peer) => () => peer.echo('Ironkill') };
export const smallObject: Payload = { name: 'small object', callsOf: (peer) => () => peer.echo(order) };
export const nested: Payload = { name: 'object of ten objects', callsOf: (peer) => () => peer.echo(family) };
export const rows: Payload = { name: 'ten such objects', callsOf: (peer) => () => peer.echo(families) };
export const date: Payload = { name: 'date', callsOf: (peer) => () => peer.echo(new Date(0)) };
export const largeObject: Payload = { name: '10 KB object', callsOf: (peer) => () => peer.echo(ledger) };

/** A buffer that moves. Each call in flight has its own, which it sends on as it came back. */
export const movedBuffer: Payload = {
  name: '1 MB buffer, moved',
  callsOf: (peer) => {
    const buffers: ArrayBuffer[] = [];
    return async (lane) => {
      buffers[lane] = await peer.move(buffers[lane] ?? new ArrayBuffer(2 ** 20));
    };
  },
};
