import { readOwnFile } from '../core/own-build.js';

/**
 * The bundle that threads run, as their `workerData`. The host reads it once: the package may be replaced on the disk, and threads
 * of another version than their host misunderstand it. Only `workers/entry.ts`, which reads this, is loaded anew by each thread.
 */
export interface ThreadCode {
  /** Absolute path of the bundle. */
  readonly file: string;
  /** Memory for the bundle's text, of which every character is one byte. */
  readonly text: SharedArrayBuffer;
  /** Memory for the code that V8 has compiled from the bundle. */
  readonly compiled: SharedArrayBuffer;
}

/** Twice the size needed on Node 20 to 24. */
const MOST_BYTES = 1_048_576;
const HEAD_BYTES = 8;
/** Fields of the head: whether a thread is writing or has written, and the number of bytes. */
const Head = { state: 0, bytes: 1 } as const;
const State = { empty: 0, writing: 1, written: 2 } as const;

/** @throws LiveswapError `START_FAILED` when the file is missing */
export function createThreadCode(file: string): ThreadCode {
  const bytes = readOwnFile(file);
  const text = new SharedArrayBuffer(bytes.length);
  new Uint8Array(text).set(bytes);
  return { file, text, compiled: new SharedArrayBuffer(HEAD_BYTES + MOST_BYTES) };
}

/** Returns the compiled code that a thread has stored, if any. With other flags, V8 rejects it and compiles again. */
export function takeCompiled(compiled: SharedArrayBuffer): Uint8Array | undefined {
  const head = headOf(compiled);
  if (Atomics.load(head, Head.state) !== State.written) return undefined;
  return new Uint8Array(compiled, HEAD_BYTES, Atomics.load(head, Head.bytes));
}

/** Stores the compiled code of this thread for later ones, unless another thread does so or it is too long. */
export function keepCompiled(compiled: SharedArrayBuffer, compile: () => Uint8Array): void {
  const head = headOf(compiled);
  if (Atomics.compareExchange(head, Head.state, State.empty, State.writing) !== State.empty) return;
  const bytes = compile();
  if (bytes.length > MOST_BYTES) return;
  new Uint8Array(compiled, HEAD_BYTES).set(bytes);
  Atomics.store(head, Head.bytes, bytes.length);
  Atomics.store(head, Head.state, State.written);
}

function headOf(compiled: SharedArrayBuffer): Int32Array {
  return new Int32Array(compiled, 0, 2);
}
