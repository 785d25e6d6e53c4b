import type { Socket } from 'node:net';

/**
 * The time-out of a socket without a handle, as `setTimeout` sets it. Before a socket says that nothing happens, the host is asked
 * whether the peer takes what was written, as the platform looks at what a handle has written.
 */
export class IdleTimer {
  readonly #socket: Socket;
  readonly #ask: () => void;
  /** True from when the host is asked, until it has answered, or something happens. */
  #isAsking = false;

  constructor(socket: Socket, ask: () => void) {
    this.#socket = socket;
    this.#ask = ask;
  }

  /** Restarts on activity. */
  touch(): void {
    this.#isAsking = false;
    (this.#socket as { _unrefTimer?(): void })._unrefTimer?.();
  }

  /** Nothing has happened for its time; `isWriting` is true while the peer may still be taking what was written. */
  elapsed(isWriting: boolean): void {
    if (!isWriting) return void this.#socket.emit('timeout');
    this.#isAsking = true;
    this.#ask();
  }

  /** The host has answered whether the peer takes what was written. */
  answered(hasProgressed: boolean): void {
    if (!this.#isAsking) return;
    if (hasProgressed) return this.touch();
    this.#isAsking = false;
    if (!this.#socket.destroyed) this.#socket.emit('timeout');
  }
}
