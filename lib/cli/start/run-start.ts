import { isLiveswapError } from '../../core/errors.js';
import { reloadOnSignal } from '../../dev/reload-on-signal.js';
import { serve } from '../../http/serve.js';
import { Swapper } from '../../swap/swapper.js';
import { interruption, type Interruption } from '../interruption.js';
import { exitCodes } from '../exit-codes.js';
import type { ServeFlags } from './flags.js';
import { openAdminPort, type AdminPort } from '../admin-port.js';
import { readConfig, type StartConfig } from './read-config.js';

const DEFAULT_PORT = 8_080;

/** Loads the plugins and serves until interrupted. Returns the exit code. */
export async function runStart(folder: string, flags: ServeFlags): Promise<number> {
  const config = await readConfig(flags.config);
  const swapper = new Swapper(folder, { control: true, ...config.swapper });
  const interrupted = interruption();
  // The signal is handled before the process is ready, too, and while it ends: otherwise it would end the process, with all
  // requests.
  const ignore = (): void => {};
  process.on('SIGHUP', ignore);
  try {
    return await serveUntil(interrupted, swapper, config, { ...flags, folder });
  } catch (error) {
    // The log tells of a load that fails; a logger of the user's own may write elsewhere than to the terminal.
    if (config.swapper?.logger || !isLiveswapError(error, 'LOAD_FAILED')) throw error;
    return exitCodes.findings;
  } finally {
    process.off('SIGHUP', ignore);
    interrupted.forget();
  }
}

async function serveUntil(
  interrupted: Interruption,
  swapper: Swapper,
  config: StartConfig,
  flags: ServeFlags & { readonly folder: string },
): Promise<number> {
  const { folder, port, hostname, mount, watch, adminPort, adminHostname } = flags;
  let isOpen = false;
  let admin: AdminPort | undefined;
  try {
    if (adminPort !== undefined) admin = await openAdminPort(swapper, adminPort, adminHostname, () => isOpen);
    // Listen before loading: a deploy may ask for a reload as soon as the process exists.
    const forgetSignal = reloadOnSignal(swapper, 'SIGHUP');
    const starting = swapper.load();
    await Promise.race([starting, interrupted.once]);
    if (interrupted.signal.aborted) {
      // Nothing is served yet, so nothing needs to end.
      starting.catch(() => {});
      return exitCodes.ok;
    }
    const server = await serve(swapper, {
      port: DEFAULT_PORT,
      ...config.http,
      ...(port !== undefined && { port }),
      ...(hostname !== undefined && { hostname }),
      ...(mount && { mount }),
    });
    isOpen = true;
    if (watch) await swapper.watch();
    say(`serving ${Object.values(mount ?? {}).join(', ') || folder} on ${server.url}`);
    if (admin) {
      say(`health and metrics on ${admin.url}-/health`);
      say(`admin page on ${admin.page}`);
    }
    await interrupted.once;
    say('stopping: what is open may finish; another signal after a second ends it now');
    forgetSignal();
    void interrupted.twice.then(() => Promise.all([server.destroy(), swapper.destroy()]));
    // Closing the swapper closes its server.
    await swapper.close();
    await server.close();
    return exitCodes.ok;
  } finally {
    await swapper.destroy();
    await admin?.close();
  }
}

function say(text: string): void {
  process.stdout.write(`liveswap: ${text}\n`);
}
