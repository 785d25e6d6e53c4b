import { StringDecoder } from 'node:string_decoder';
import type { RemoteObject } from '../link/remote-object.js';

/**
 * Sends this thread's stdout and stderr to the host. Node's own forwarding waits for the host's event loop, and does not tell it
 * which plugin wrote the output.
 */
export function captureOutput(host: RemoteObject): void {
  for (const name of ['stdout', 'stderr'] as const) {
    // A chunk may end in the middle of a character.
    const decoder = new StringDecoder();
    const stream = process[name];
    stream.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encodingOf(encoding)) : Buffer.from(chunk);
      const text = decoder.write(bytes);
      if (text !== '') host.call('output', [name, text]).catch(() => {});
      const written = typeof encoding === 'function' ? encoding : callback;
      if (typeof written === 'function') queueMicrotask(() => written());
      return true;
    };
    // The stream stays open: others write to it, too.
    stream.end = ((chunk?: unknown, ...rest: unknown[]) => {
      const written = [chunk, ...rest].find((one) => typeof one === 'function') as (() => void) | undefined;
      if (typeof chunk === 'string' || chunk instanceof Uint8Array)
        stream.write(chunk, rest[0] as BufferEncoding, written);
      else if (written) queueMicrotask(written);
      return stream;
    }) as typeof stream.end;
  }
}

function encodingOf(value: unknown): BufferEncoding {
  return typeof value === 'string' && Buffer.isEncoding(value) ? value : 'utf8';
}
