import { setTimeout } from '../core/timers.js';
import { SILENT_DEATH_MS } from '../link/silent-death.js';
import { Fence } from '../sockets/host/fence.js';
import { Tunnel } from '../sockets/host/tunnel.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import { retiredError } from '../version/version-errors.js';
import type { Version } from '../version/version.js';
import type { ThreadNote } from './notes.js';
import { RequestCounts } from './request-counts.js';
import type { ThreadHttpOptions } from './thread-options.js';
import { readNote } from './websocket/flat-note.js';
import type { FromThread, HookName } from './websocket/notes.js';

/** Events of a tunnel that are not requests. */
export interface TunnelEvents {
  onWebSocket(tunnel: Tunnel, note: FromThread): void;
  onLost(tunnel: Tunnel, cause: unknown): void;
}

/** A tunnel to a thread that serves, and what it serves. */
export interface ServingTunnel {
  readonly tunnel: Tunnel;
  readonly version: Version;
  readonly thread: ThreadHandle;
  /** The hooks of its WebSockets, if it takes any. */
  readonly hooks: ReadonlySet<HookName> | undefined;
  readonly fence: Fence;
}

/** Opens a tunnel to a thread that serves HTTP; its requests count as calls of the version. @throws LiveswapError `HOOK_FAILED` */
export async function openTunnel(
  version: Version,
  thread: ThreadHandle,
  options: ThreadHttpOptions,
  events: TunnelEvents,
): Promise<ServingTunnel> {
  const port = await version.openService(thread, 'http', options);
  const requests = new RequestCounts(version.outsideWork, thread.name.thread);
  const fence = new Fence(() => tunnel);
  let tunnel: Tunnel;
  return new Promise((resolve, reject) => {
    const read = (note: ThreadNote): void => {
      switch (note.kind) {
        case 'serves':
          return resolve({ tunnel, version, thread, hooks: note.hooks && new Set(note.hooks), fence });
        case 'requests':
          return requests.take(note);
        case 'fence':
          return fence.passed();
        default:
          return events.onWebSocket(tunnel, note);
      }
    };
    tunnel = new Tunnel(port, {
      hold: () => version.outsideWork.hold('connections'),
      note: (crossed) => read(readNote(crossed) as ThreadNote),
      whyLost: () => whyLost(version, thread),
      onLost: (cause) => {
        requests.fail();
        fence.passed();
        reject(cause);
        events.onLost(tunnel, cause);
      },
    });
  });
}

/**
 * Resolves to the reason why a tunnel is lost. A port closes a moment before the death of its thread is known; no such report
 * follows a port that was closed otherwise.
 */
async function whyLost(version: Version, thread: ThreadHandle): Promise<unknown> {
  const silence = new Promise<void>((resolve) => setTimeout(resolve, SILENT_DEATH_MS).unref());
  await Promise.race([thread.dead, silence]);
  return thread.death ?? retiredError(version);
}
