import { LiveswapError, messageOf } from '../core/errors.js';
import { performance, setTimeout } from '../core/timers.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import { Channel } from './exchange/channel.js';
import { FetchExchange } from './exchange/fetch-exchange.js';
import type { ServingTunnel } from './open-tunnel.js';
import type { WarmOptions } from './options.js';
import type { ConnectionLabel } from './thread-options.js';

/** Pause before the next request, in milliseconds. */
const PAUSE_MS = 25;

/** Asks a thread until it answers below 500 and goes on doing so. @throws LiveswapError `START_TIMEOUT`, and why the thread died */
export async function warmUp(
  { tunnel, version, thread }: ServingTunnel,
  { path, settleMs = 0, timeoutMs = 30_000 }: WarmOptions,
): Promise<void> {
  const until = performance.now() + timeoutMs;
  let since: number | undefined;
  let last = 'nothing';
  for (;;) {
    const status = await ask(tunnel, path, until - performance.now());
    last = typeof status === 'number' ? String(status) : status;
    if (thread.death) throw thread.death;
    const now = performance.now();
    if (typeof status !== 'number' || status >= 500) since = undefined;
    else if (now - (since ??= now) >= settleMs) return;
    if (now >= until) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const message = `Warming ${version} up failed: GET ${path} answered ${last} for ${timeoutMs} ms (warm.timeoutMs); it has to answer below 500 for ${settleMs} ms (warm.settleMs).`;
  const { plugin, id } = version;
  throw new LiveswapError('START_TIMEOUT', message, {
    plugin,
    version: id,
    thread: thread.name.thread,
    path,
  });
}

/** Resolves to the status of an answer, or to the reason why there is none. */
async function ask(tunnel: Tunnel, path: string, ms: number): Promise<number | string> {
  const label: ConnectionLabel = { mount: '/', isParsed: true };
  const place = { place: (connection: { attach(to: Tunnel): void }) => connection.attach(tunnel) };
  const channel = new Channel({ label }, place, () => {});
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(ms)));
  try {
    const exchange = new FetchExchange(new Request(`http://localhost${path}`, { signal }), channel);
    const response = await exchange.response;
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    return messageOf(error);
  } finally {
    channel.abandon();
  }
}
