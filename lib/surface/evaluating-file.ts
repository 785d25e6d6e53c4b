/** Longest path that is told, in bytes. */
const MOST_BYTES = 4 * 1_024;

const LENGTH = 0;
const HEAD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/**
 * Makes the memory in which a thread keeps the path of the file that it evaluates. A thread that spins, or that runs out of memory,
 * can send no message.
 */
export function evaluatingFileMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + MOST_BYTES);
}

/** Tells the file that is evaluated from now on; `undefined` if there is none, or if it is not known. */
export function tellEvaluatingFile(memory: SharedArrayBuffer, path = ''): void {
  const text = Buffer.from(path);
  const length = text.length > MOST_BYTES ? 0 : text.length;
  const head = new Int32Array(memory, 0, 1);
  // The length is 0 while the path is written: a reader then finds no path, and never half of one.
  Atomics.store(head, LENGTH, 0);
  Buffer.from(memory, HEAD_BYTES).set(text.subarray(0, length));
  Atomics.store(head, LENGTH, length);
}

/** Returns the path of the file whose evaluation has begun and not ended, if it is known. */
export function readEvaluatingFile(memory: SharedArrayBuffer): string | undefined {
  const length = Atomics.load(new Int32Array(memory, 0, 1), LENGTH);
  // Decoders refuse a Buffer over shared memory.
  const text = Buffer.copyBytesFrom(new Uint8Array(memory, HEAD_BYTES, length)).toString();
  return text === '' ? undefined : text;
}
