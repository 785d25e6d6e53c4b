import { createRequire } from 'node:module';
import type { Controlled } from '../control/control-session.js';
import type { ControlSocket } from '../control/control-socket.js';
import type { Logger } from '../core/logger.js';
import { messageOf } from '../core/errors.js';
import { subscribe, type SwapEvent } from '../observe/events.js';
import type { SwapperStats } from '../observe/stats.js';
import type { Details } from './details.js';
import type { ReloadOptions } from './reload-options.js';

/** What of a swapper is controlled. */
interface ControlledSwapper {
  readonly pluginDir: string;
  stats(): SwapperStats;
  reload(data: undefined, options: ReloadOptions): Promise<Details>;
  rollback(): Promise<Details>;
}

/** The control socket of a swapper: opened with it, gone when it is closed. What goes wrong with it is logged, and changes nothing else. */
export class SwapperControl {
  readonly #opening: Promise<ControlSocket | undefined>;

  /** @param path of the socket; `true`: in the folder of this user, where `liveswap ps` finds it. */
  constructor(swapper: ControlledSwapper, path: string | true, logger: Logger) {
    this.#opening = open(swapper, path).catch((error: unknown) => {
      logger.warn({ err: error }, messageOf(error));
      return undefined;
    });
  }

  async close(): Promise<void> {
    await (await this.#opening)?.close();
  }
}

async function open(swapper: ControlledSwapper, path: string | true): Promise<ControlSocket> {
  // A host that is not controlled does not load it.
  const { ControlSocket } = await import('../control/control-socket.js');
  const facts = { folder: swapper.pluginDir, version: packageVersion() };
  return ControlSocket.open(controlledBy(swapper), facts, path === true ? undefined : path);
}

function controlledBy(swapper: ControlledSwapper): Controlled {
  return {
    status: () => ({ folder: swapper.pluginDir, pid: process.pid, ...swapper.stats() }),
    reload: async (request) => swapper.reload(undefined, request),
    rollback: async () => swapper.rollback(),
    subscribe: (listener) => subscribe(swapper, (event) => listener(plain(event))),
  };
}

/** An event as JSON can say it: of an error, its code and its message. */
function plain(event: SwapEvent): unknown {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Error ? { code: (value as { code?: string }).code, message: value.message } : value,
    ]),
  );
}

/** What `liveswap ps` shows; a bundled host has no package.json of ours to read. */
function packageVersion(): string {
  try {
    const { version } = createRequire(import.meta.url)('liveswap/package.json') as { version: string };
    return version;
  } catch {
    return 'unknown';
  }
}
