import type { ListenAddress } from '../surface/listen.js';

/** Stands in for the handle of a listening server: the platform asks it for the address, and closes it. */
export class AdoptedHandle {
  /** Pipes have none: the server knows their path itself. */
  readonly getsockname: ((out: object) => number) | undefined;
  readonly #onClose: () => void;

  constructor(address: ListenAddress, onClose: () => void) {
    this.getsockname =
      typeof address === 'string'
        ? undefined
        : (out) => {
            Object.assign(out, address);
            return 0;
          };
    this.#onClose = onClose;
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
