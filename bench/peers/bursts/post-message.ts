import { openWorker } from '../calls/post-message.js';
import type { BurstPeer } from './burst-peer.js';

/** Opens a bare worker that is sent a message for each call. */
export function openPostMessageBursts(): BurstPeer {
  const bare = openWorker(new URL('toil-worker.js', import.meta.url));
  return {
    name: 'postMessage',
    toil: (ms) => bare.call('toil', ms),
    watch: (ms) => bare.call('watch', ms) as Promise<number>,
    close: async () => void (await bare.worker.terminate()),
  };
}
