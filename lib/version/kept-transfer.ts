import { MessageChannel } from 'node:worker_threads';
import type { KeptSent } from '../surface/thread-surface.js';
import type { ThreadHandle } from './thread-handle.js';

/** How kept state is sent. */
export interface TransferMode {
  /** What cannot move is left out, and warned of. */
  readonly isLenient: boolean;
  /** It is decoded into objects that are thrown away. */
  readonly isRehearsal: boolean;
}

/** What sending kept state cost, or would cost. */
export interface TransferCost extends KeptSent {
  /** Milliseconds of both threads together. */
  readonly totalMs: number;
}

/**
 * Sends what one thread keeps to another; the host's event loop goes on. Resolves to `undefined` when the one it is in has died.
 *
 * @throws LiveswapError `LIVE_DATA_INVALID`, `LIVE_DATA_MISMATCH`
 */
export async function transferKept(
  from: ThreadHandle,
  to: ThreadHandle,
  { isLenient, isRehearsal }: TransferMode,
): Promise<TransferCost | undefined> {
  const { port1, port2 } = new MessageChannel();
  const received = to.ask('receiveKept', [port2, isRehearsal]);
  // Whoever sends says why it cannot.
  received.catch(() => {});
  try {
    const sent = await from.ask('sendKept', [port1, isLenient]);
    return { ...sent, totalMs: sent.ms + (await received) };
  } catch (error) {
    if (from.death) return undefined;
    throw error;
  }
}
