import { MessageChannel } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import type { KeptImage } from '../kept/image.js';
import type { KeptSent } from '../surface/thread-surface.js';
import type { ThreadHandle } from './thread-handle.js';

/** Mode of a transfer of kept state. */
export interface TransferMode {
  /** Values that cannot move are left out, with a warning. */
  readonly isLenient: boolean;
  /** The state is decoded into objects that are thrown away. */
  readonly isRehearsal: boolean;
  /** Time for each of the two threads to do its part: either may be in a loop that never ends. */
  readonly limit: TransferLimit;
}

/** A number of milliseconds, and the option that sets it. */
export interface TransferLimit {
  readonly ms: number;
  readonly option: 'startMs' | 'yieldMs';
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
 * @throws LiveswapError `LIVE_DATA_INVALID`, `LIVE_DATA_MISMATCH`, `YIELD_TIMEOUT`
 */
export async function transferKept(
  from: ThreadHandle,
  to: ThreadHandle,
  { isLenient, isRehearsal, limit }: TransferMode,
): Promise<TransferCost | undefined> {
  const { port1, port2 } = new MessageChannel();
  try {
    const sent = await from.ask('sendKept', [port1, isLenient], limit.ms, () => late(from, limit));
    // Only now: a thread that waits for one that never sends would not end by itself.
    const receiveMs = await to.ask('receiveKept', [port2, isRehearsal], limit.ms, () => late(to, limit));
    return { ...sent, totalMs: sent.ms + receiveMs };
  } catch (error) {
    port2.close();
    if (from.death) return undefined;
    throw error;
  }
}

/**
 * Gives a thread a copy of the kept state.
 *
 * @throws LiveswapError `LIVE_DATA_MISMATCH`, `YIELD_TIMEOUT`
 */
export async function pourSaved(to: ThreadHandle, saved: KeptImage, limit: TransferLimit): Promise<void> {
  await to.ask('pourKept', [saved], limit.ms, () => late(to, limit));
}

function late({ name }: ThreadHandle, { ms, option }: TransferLimit): LiveswapError {
  const { plugin, version, thread } = name;
  return new LiveswapError(
    'YIELD_TIMEOUT',
    `Cannot move what ${plugin} keeps: thread ${thread} of ${plugin}@${version} was busy for ${ms} ms; look for a call or an upcast that computes for long, or raise ${option}.`,
    { ...name, [option]: ms },
  );
}
