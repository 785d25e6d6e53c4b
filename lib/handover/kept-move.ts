import { LiveswapError } from '../core/errors.js';
import { pourSaved, transferKept, type TransferCost, type TransferMode } from '../version/kept-transfer.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';

/** State that goes from one version to the next. */
export interface KeptMove {
  readonly from: Version;
  readonly to: Version;
}

/**
 * Tries a move: copies the state and decodes it into objects that are thrown away. Values that cannot move, but that an open call
 * may still remove, are warnings.
 *
 * @throws LiveswapError `LIVE_DATA_INVALID`, `LIVE_DATA_MISMATCH`; `YIELD_TIMEOUT` when the move would take longer than `yieldMs`
 */
export async function rehearse(move: KeptMove, yieldMs: number): Promise<TransferCost | undefined> {
  const { from } = move;
  // Nothing waits yet: a move that takes too long can be measured.
  const limit = { ms: from.settings.startMs, option: 'startMs' } as const;
  const cost = await transfer(move, { isLenient: !from.group.isIdle, isRehearsal: true, limit });
  if (!cost || cost.totalMs <= yieldMs) return cost;
  throw new LiveswapError(
    'YIELD_TIMEOUT',
    `Cannot hand ${from} over: moving its ${cost.objects} kept objects would take ${Math.round(cost.totalMs)} ms, longer than yieldMs, ${yieldMs} ms; keep less, or raise yieldMs.`,
    { plugin: from.plugin, version: from.id, objects: cost.objects, yieldMs },
  );
}

/**
 * Moves the state. Resolves to `undefined` when the version that holds it has died: the next one goes on from the host's latest
 * copy, or begins anew.
 *
 * @throws the errors of {@link rehearse}
 */
export async function moveKept(move: KeptMove, yieldMs: number): Promise<TransferCost | undefined> {
  const limit = { ms: yieldMs, option: 'yieldMs' } as const;
  const cost = await transfer(move, { isLenient: false, isRehearsal: false, limit });
  const { saved } = move.from.activity;
  const receiver = livingOf(move.to);
  if (!cost && saved && receiver) await pourSaved(receiver, saved, limit);
  return cost;
}

async function transfer({ from, to }: KeptMove, mode: TransferMode): Promise<TransferCost | undefined> {
  const [sender, receiver] = [livingOf(from), livingOf(to)];
  return sender && receiver ? transferKept(sender, receiver, mode) : undefined;
}

function livingOf({ group }: Version): ThreadHandle | undefined {
  return group.established.find(({ death }) => !death);
}
