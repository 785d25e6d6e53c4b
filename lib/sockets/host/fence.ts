import { Waiters } from '../../core/waiters.js';
import type { FenceNote } from '../protocol.js';
import type { Tunnel } from './tunnel.js';

/** A mark in the bytes for a thread: no request begins behind it. */
export class Fence {
  readonly #tunnel: () => Tunnel;
  readonly #waiters = new Waiters();

  constructor(tunnel: () => Tunnel) {
    this.#tunnel = tunnel;
  }

  /** Sets the mark. Resolves when the thread has begun, or returned, all earlier requests, or when it is gone. */
  set(): Promise<void> {
    const tunnel = this.#tunnel();
    if (tunnel.isLost) return Promise.resolve();
    tunnel.note({ kind: 'fence' } satisfies FenceNote);
    return this.#waiters.wait();
  }

  /** Notes that the thread has reached the mark, or is gone. */
  passed(): void {
    this.#waiters.release();
  }
}
