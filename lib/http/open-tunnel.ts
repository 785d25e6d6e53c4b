import { Tunnel } from '../sockets/host/tunnel.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import { retiredError } from '../version/version-errors.js';
import type { Version } from '../version/version.js';
import type { ThreadNote } from './notes.js';
import { RequestCounts } from './request-counts.js';
import type { ThreadHttpOptions } from './thread-options.js';

/** Opens a tunnel to a thread that serves HTTP; its requests count as calls of the version. @throws LiveswapError `HOOK_FAILED` */
export async function openTunnel(
  version: Version,
  thread: ThreadHandle,
  options: ThreadHttpOptions,
  onLost: (tunnel: Tunnel) => void,
): Promise<Tunnel> {
  const port = await version.openService(thread, 'http', options);
  const requests = new RequestCounts(version.outsideWork, thread.name.thread);
  const tunnel: Tunnel = new Tunnel(port, {
    hold: () => version.outsideWork.hold('connections'),
    note: (note) => takeNote(note as ThreadNote, requests),
    whyLost: () => thread.death ?? retiredError(version),
    onLost: () => {
      requests.fail();
      onLost(tunnel);
    },
  });
  return tunnel;
}

function takeNote(note: ThreadNote, requests: RequestCounts): void {
  switch (note.kind) {
    case 'requests':
      return requests.take(note);
    default:
      return note.kind satisfies never;
  }
}
