import { signalAfter } from '../core/deadline.js';
import { setTimeout } from '../core/timers.js';
import { untilAborted } from '../core/until-aborted.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import type { AddressBook } from './address-book.js';
import type { WarmAppOptions } from './options.js';
import type { ServedThread } from './served-thread.js';
import { listensNowhere, missesAddresses, neverEvaluated } from './start-refusal.js';
import { warmUpApp } from './warm-app.js';

/**
 * At a first load: the time for which a thread that listens nowhere must be idle, and the utilization below which it counts as
 * idle.
 */
const IDLE_MS = 1_500;
const IDLE_SHARE = 0.2;
const LOOK_MS = 25;

/** Dependencies of {@link bringUp}. */
export interface AppStartDeps {
  readonly version: Version;
  /** Absolute path of the folder that its files are in. */
  readonly root: string;
  /** Milliseconds that the version may take to be up. */
  readonly startMs: number;
  readonly book: AddressBook<Tunnel>;
  /** Resolves to a thread of the version, whose entry is run if that has not happened yet. */
  readonly threadOf: (handle: ThreadHandle) => Promise<ServedThread>;
  /** True when no version is current yet. */
  readonly isFirst: boolean;
  /** True when the version must listen wherever the current one does. */
  readonly needsAddresses: boolean;
  readonly warm: WarmAppOptions | undefined;
}

/**
 * Resolves when a version of an app is up: each thread has evaluated the entry, listens wherever the current version does, and is
 * warm.
 *
 * @throws LiveswapError `START_TIMEOUT` with what is `missing`; what the entry threw; the reason why a thread is gone
 */
export async function bringUp(deps: AppStartDeps): Promise<void> {
  const { version, startMs, book, threadOf, isFirst, needsAddresses, warm } = deps;
  const deadline = signalAfter(startMs);
  const threads = await whenEvaluated(deps, Promise.all(version.threads.map(threadOf)), deadline);
  const deaths = threads.map(({ gone }) => gone);
  if (isFirst) await untilItListens(version, book, deadline);
  if (needsAddresses) {
    await book.whenNothingMissing(version, AbortSignal.any([deadline, ...deaths])).catch(() => {
      const dead = deaths.find(({ aborted }) => aborted);
      throw dead ? dead.reason : missesAddresses(deps, startMs, book.missingFor(version));
    });
  }
  if (warm) await Promise.all(threads.map((thread) => warmUp(deps, thread, warm)));
}

/**
 * Resolves to threads once each has evaluated the entry.
 *
 * @throws LiveswapError `START_TIMEOUT` when `deadline` is aborted; what the entry threw; the reason why a thread is gone
 */
export async function whenEvaluated(
  deps: Pick<AppStartDeps, 'version' | 'root' | 'startMs'>,
  begun: Promise<ServedThread[]>,
  deadline: AbortSignal,
): Promise<ServedThread[]> {
  let threads: ServedThread[] = [];
  const evaluated = async (): Promise<void> => {
    threads = await begun;
    await Promise.all(threads.map(({ ready }) => ready));
  };
  await untilAborted(deadline, evaluated()).catch((error: unknown) => {
    const file = threads.map(({ evaluating }) => evaluating).find((path) => path !== undefined);
    throw error === deadline.reason ? neverEvaluated(deps, deps.startMs, file) : error;
  });
  return threads;
}

/** Waits while the start is busy, because at a first load the addresses are not known. */
async function untilItListens(
  version: Version,
  book: AddressBook<Tunnel>,
  deadline: AbortSignal,
): Promise<void> {
  const isAtWork = (): boolean =>
    version.threads.some(({ death, gauge }) => !death && gauge.eventLoopUtilization > IDLE_SHARE);
  for (let looks = 0; !deadline.aborted && !book.isOpenFor(version); looks++) {
    // The utilization of a thread is that of its last second.
    if (looks * LOOK_MS > IDLE_MS && !isAtWork()) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function warmUp(deps: AppStartDeps, thread: ServedThread, warm: WarmAppOptions): Promise<void> {
  const { tunnel, gone } = thread;
  const claim = thread.claimOn(warm.port);
  if (!claim) throw listensNowhere(deps, warm);
  return warmUpApp({ version: deps.version, tunnel, gone, key: claim.key }, warm);
}
