import type { ListenAddress } from '../surface/listen.js';

/** Stands in for the handle of a listening server, which the platform asks for the address and closes. */
export class AdoptedHandle {
  /** `undefined` for pipes, whose path the server itself knows. */
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

  // The link to the host keeps the thread alive, rather than its servers.
  ref(): void {}
  unref(): void {}
  hasRef(): boolean {
    return true;
  }
}
