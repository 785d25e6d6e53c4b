import { MessageChannel } from 'node:worker_threads';
import type { KeptSent } from '../surface/thread-surface.js';
import type { ThreadHandle } from './thread-handle.js';

/** Mode of a transfer of kept state. */
export interface TransferMode {
  /** Values that cannot move are left out, with a warning. */
  readonly isLenient: boolean;
  /** The state is decoded into objects that are thrown away. */
  readonly isRehearsal: boolean;
}

/** Actual or estimated cost of sending kept state. */
export interface TransferCost extends KeptSent {
  /** Milliseconds spent by both threads together. */
  readonly totalMs: number;
}

/**
 * Sends the kept state of one thread to another; the host's event loop goes on. Resolves to `undefined` when the sending thread
 * has died.
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
  // If sending fails, the sender reports the reason.
  received.catch(() => {});
  try {
    const sent = await from.ask('sendKept', [port1, isLenient]);
    return { ...sent, totalMs: sent.ms + (await received) };
  } catch (error) {
    if (from.death) return undefined;
    throw error;
  }
}
