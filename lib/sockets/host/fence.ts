import { Waiters } from '../../core/waiters.js';
import type { FenceNote } from '../protocol.js';
import type { Tunnel } from './tunnel.js';

/** A mark in what is sent to a thread: behind it, no request begins there. */
export class Fence {
  readonly #tunnel: () => Tunnel;
  readonly #waiters = new Waiters();

  constructor(tunnel: () => Tunnel) {
    this.#tunnel = tunnel;
  }

  /** Sets the mark. Resolves when the thread has begun, or given back, all that was sent before; or when it is gone. */
  set(): Promise<void> {
    const tunnel = this.#tunnel();
    if (tunnel.isLost) return Promise.resolve();
    tunnel.note({ kind: 'fence' } satisfies FenceNote);
    return this.#waiters.wait();
  }

  /** The thread has come to the mark, or will come to none any more. */
  passed(): void {
    this.#waiters.release();
  }
}
