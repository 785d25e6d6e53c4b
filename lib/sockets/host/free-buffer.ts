import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { outsideContext } from '../../core/async-context.js';

let closed: MessagePort | undefined;

/**
 * Frees the memory of bytes that nobody uses any more. Only full garbage collections free buffers, and every few dozen megabytes
 * cause one: they took more than half of the time of a thread that passes large bodies on.
 */
export function freeBuffer({ buffer }: Uint8Array): void {
  // A buffer that was moved elsewhere has no memory.
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength === 0) return;
  closed ??= outsideContext(closedPort);
  // Moved to where nobody can receive it, it is gone at once.
  closed.postMessage(undefined, [buffer]);
}

function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.close();
  return port1;
}
