import type { ChannelObject } from '../link/channel-object.js';

/**
 * Sends what this thread writes to stdout and stderr to the host. Node's own way waits for the host's event loop and
 * tells it nothing of the plugin.
 */
export function captureOutput(host: ChannelObject): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString();
      const written = [encoding, callback].find((one) => typeof one === 'function') as
        | (() => void)
        | undefined;
      host.call('output', [name, text]).catch(() => {});
      if (written) queueMicrotask(written);
      return true;
    };
    process[name].write = write;
  }
}
