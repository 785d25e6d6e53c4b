import type { ListenAddress } from '../surface/listen.js';

/** Stands in for the handle of a listening server: the platform asks it for the address, and closes it. */
export class AdoptedHandle {
  readonly #address: ListenAddress;
  readonly #onClose: () => void;

  constructor(address: ListenAddress, onClose: () => void) {
    this.#address = address;
    this.#onClose = onClose;
  }

  getsockname(out: object): number {
    Object.assign(out, this.#address);
    return 0;
  }

  close(done?: () => void): void {
    this.#onClose();
    if (done) process.nextTick(done);
  }

  // The thread lives by its link to the host, not by its servers.
  ref(): void {}
  unref(): void {}
  hasRef(): boolean {
    return true;
  }
}
