/** Size of the memory for an answer, in bytes; no JSON text of one is longer. */
const MOST_BYTES = 16 * 1_024;

const LENGTH = 0;
const HEAD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** Makes the memory in which a thread waits for an answer. */
export function awaitedAnswer(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + MOST_BYTES);
}

/** Answers the waiting thread with plain data. An answer that is too long is dropped, and the thread waits in vain. */
export function giveAnswer(memory: SharedArrayBuffer, answer: object): void {
  const text = Buffer.from(JSON.stringify(answer));
  if (text.length > MOST_BYTES) return;
  Buffer.from(memory, HEAD_BYTES).set(text);
  const head = new Int32Array(memory, 0, 1);
  Atomics.store(head, LENGTH, text.length);
  Atomics.notify(head, LENGTH);
}

/** Blocks until there is an answer; returns `undefined` if there is none after `ms` milliseconds. */
export function awaitAnswer(memory: SharedArrayBuffer, ms: number): unknown {
  const head = new Int32Array(memory, 0, 1);
  Atomics.wait(head, LENGTH, 0, ms);
  const length = Atomics.load(head, LENGTH);
  // Decoders refuse a Buffer over shared memory.
  const text = Buffer.copyBytesFrom(new Uint8Array(memory, HEAD_BYTES, length));
  return length === 0 ? undefined : (JSON.parse(text.toString()) as unknown);
}
