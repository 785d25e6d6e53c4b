import { outsideContext } from '../../core/async-context.js';
import { clearInterval, setInterval } from '../../core/timers.js';
import { freeBuffer } from '../free-buffer.js';
import { spareSize } from '../spare-size.js';

/** Time after which memory that was not needed is freed, in milliseconds. */
const UNUSED_MS = 10_000;

/** Spare memory of one size. */
interface Shelf {
  readonly buffers: ArrayBuffer[];
  /** The least number of buffers since the last look: so many were not needed. */
  unused: number;
}

/**
 * Memory for copies of large bytes, which the host gives back when it has written them. Where an allocator returns freed memory to
 * the system, as glibc does with several connections at once, each page of the next copy is a page fault, and these took ten times
 * as long as everything else.
 */
export class SpareMemory {
  readonly #shelves = new Map<number, Shelf>();
  readonly #unusedMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(unusedMs = UNUSED_MS) {
    this.#unusedMs = unusedMs;
  }

  /** Returns memory for `length` bytes, with anything in it. */
  take(length: number): Buffer<ArrayBuffer> {
    const size = spareSize(length);
    if (size === undefined) return Buffer.allocUnsafeSlow(length);
    const shelf = this.#shelves.get(size);
    const buffer = shelf?.buffers.pop() ?? Buffer.allocUnsafeSlow(size).buffer;
    if (shelf) shelf.unused = Math.min(shelf.unused, shelf.buffers.length);
    return Buffer.from(buffer, 0, length);
  }

  /** Keeps memory for later bytes. */
  keep(buffer: ArrayBuffer): void {
    const shelf = this.#shelves.get(buffer.byteLength) ?? { buffers: [], unused: 0 };
    this.#shelves.set(buffer.byteLength, shelf);
    shelf.buffers.push(buffer);
    this.#timer ??= outsideContext(() => setInterval(() => this.#freeUnused(), this.#unusedMs).unref());
  }

  /** Frees all of it. */
  free(): void {
    for (const { buffers } of this.#shelves.values())
      for (const buffer of buffers) freeBuffer(new Uint8Array(buffer));
    this.#shelves.clear();
    this.#stop();
  }

  #freeUnused(): void {
    for (const [size, shelf] of this.#shelves) {
      // What was used last lies at the end.
      for (const buffer of shelf.buffers.splice(0, shelf.unused)) freeBuffer(new Uint8Array(buffer));
      shelf.unused = shelf.buffers.length;
      if (shelf.buffers.length === 0) this.#shelves.delete(size);
    }
    if (this.#shelves.size === 0) this.#stop();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
