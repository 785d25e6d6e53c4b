import type { SendOptions } from '../../plugin/http-app.js';
import type { Sent } from './notes.js';

/** Returns a message as it is sent: text and bytes as they are, plain objects as JSON, as in crossws. */
export function sentOf(data: unknown, options: SendOptions | undefined): Sent {
  // Anything may be given here: what cannot cross to the host would end the thread.
  const compress: unknown = options?.compress;
  return { bytes: bytesOf(data), compress: compress === undefined ? undefined : Boolean(compress) };
}

function bytesOf(data: unknown): string | Uint8Array {
  if (typeof data === 'string') return data;
  if (data === undefined || data === null) return '';
  // A copy, because the sender may still use the original, and a pooled buffer would take its pool along.
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  if (typeof data !== 'object') return `${data as number}`;
  const text: string | undefined = JSON.stringify(data);
  return text ?? '';
}
