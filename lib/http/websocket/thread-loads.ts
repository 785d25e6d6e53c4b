import type { Tunnel } from '../../sockets/host/tunnel.js';

/** Number of peers that have their hooks run by each thread. */
export class ThreadLoads {
  readonly #peers = new Map<Tunnel, number>();

  of(tunnel: Tunnel): number {
    return this.#peers.get(tunnel) ?? 0;
  }

  /** Notes that a peer is with another thread from now on; `undefined` is none. */
  move(from: Tunnel | undefined, to: Tunnel | undefined): void {
    if (from === to) return;
    this.#add(from, -1);
    this.#add(to, 1);
  }

  #add(tunnel: Tunnel | undefined, count: number): void {
    if (!tunnel) return;
    const peers = this.of(tunnel) + count;
    if (peers > 0) this.#peers.set(tunnel, peers);
    else this.#peers.delete(tunnel);
  }
}
