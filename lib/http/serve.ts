import { LiveswapError } from '../core/errors.js';
import { listenOn } from '../core/listen-on.js';
import { onAbort } from '../core/on-abort.js';
import { refuseJitless } from '../core/refuse-jitless.js';
import { checkSwapper } from '../swap/check-swapper.js';
import type { Swapper } from '../swap/swapper.js';
import { createBytePort } from './byte-port.js';
import type { Port } from './port.js';
import { HttpServer } from './http-server.js';
import { HttpTunnels } from './http-tunnels.js';
import { mountFor, mountsOf, type Mount } from './mounts.js';
import { resolveServeOptions, httpSettings, type ServeOptions, type ServeSettings } from './options.js';
import { createSharedPort } from './shared-port.js';
import type { Sent } from './websocket/notes.js';

/**
 * Opens a port on which the web apps of loaded plugins answer. A reload under load fails no request and closes no connection.
 *
 * @example
 * const server = await serve(swapper, { port: 8080 });
 * @throws LiveswapError `OPTION_INVALID`, `NOT_LOADED`, `CLOSED`, `HOOK_FAILED`; for a port that cannot be opened, an error with the facts of the platform's (`code`, `address`, `port`)
 */
export async function serve(swapper: Swapper, options: ServeOptions = {}): Promise<HttpServer> {
  checkSwapper(swapper);
  refuseJitless('serve()');
  const settings = resolveServeOptions(options);
  const mounts = mountsOf(settings.mount, () => swapper.current);
  const tunnels = new Map(
    mounts.map(({ plugin }) => [
      plugin,
      new HttpTunnels(swapper, plugin, { ...httpSettings(settings), warm: warmOf(plugin, mounts, settings) }),
    ]),
  );
  const port = createPort(settings, mounts, (plugin) => tunnels.get(plugin) as HttpTunnels);
  const parts = {
    server: port.server,
    publish: (topic: string, sent: Sent, namespace?: string) =>
      tunnels.forEach((one) => one.webSockets.publish(topic, sent, namespace)),
    isEncrypted: settings.tls !== undefined,
    stop: () => {
      port.stop();
      tunnels.forEach((one) => void one.stop());
    },
    cut: () => tunnels.forEach((one) => one.cut(new LiveswapError('CLOSED', 'This server is destroyed.'))),
  };
  try {
    await Promise.all(Array.from(tunnels.values(), (one) => one.openCurrent()));
    await listenOn(port.server, settings.port, settings.hostname);
  } catch (error) {
    parts.stop();
    throw error;
  }
  const opened = new HttpServer(parts);
  // A swapper that is closed already tells nobody: the port would stay open for ever.
  if (swapper.ending.aborted) {
    await opened.close();
    throw new LiveswapError('CLOSED', 'Cannot serve: the swapper was closed meanwhile.');
  }
  // A swapper that goes on must not keep every server that it once had.
  port.server.once(
    'close',
    onAbort(swapper.ending, () => void opened.close()),
  );
  return opened;
}

/** Returns the warm-up request for a plugin's new version, unless its path belongs to another plugin. */
function warmOf(plugin: string, mounts: readonly Mount[], { warm }: ServeSettings): ServeSettings['warm'] {
  const found = warm && mountFor(mounts, warm.path);
  return warm && found?.mount.plugin === plugin ? { ...warm, path: found.target } : undefined;
}

function createPort(
  settings: ServeSettings,
  mounts: readonly Mount[],
  tunnelsOf: (plugin: string) => HttpTunnels,
): Port {
  const [only] = mounts;
  const isOwned = mounts.length === 1 && only?.prefix === '/';
  return isOwned
    ? createBytePort(settings, tunnelsOf(only.plugin))
    : createSharedPort(settings, mounts, tunnelsOf);
}
