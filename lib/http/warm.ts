import { signalAfter } from '../core/deadline.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { untilGood } from '../core/until-good.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import { Channel } from './exchange/channel.js';
import { FetchExchange } from './exchange/fetch-exchange.js';
import type { ServingTunnel } from './open-tunnel.js';
import type { WarmOptions } from './options.js';
import type { ConnectionLabel } from './thread-options.js';

/**
 * Sends requests to a thread until it answers below 500 and keeps doing so.
 * @throws LiveswapError `START_TIMEOUT`, and why the thread died
 */
export async function warmUp(
  { tunnel, version, thread }: ServingTunnel,
  { path, settleMs = 0, timeoutMs = 30_000 }: WarmOptions,
): Promise<void> {
  const last = await untilGood(
    async (ms) => {
      const answer = await ask(tunnel, path, ms);
      if (thread.death) throw thread.death;
      return answer;
    },
    { settleMs, timeoutMs },
  );
  if (last === undefined) return;
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
  const signal = signalAfter(Math.max(1, ms));
  try {
    const exchange = new FetchExchange(new Request(`http://localhost${path}`, { signal }), channel);
    const response = await exchange.response;
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    return messageOf(error);
  } finally {
    channel.destroy();
  }
}
