import type { Controlled } from '../control/control-session.js';
import type { ControlSocket } from '../control/control-socket.js';
import type { Logger } from '../core/logger.js';
import { messageOf } from '../core/errors.js';
import { packageVersion } from '../core/package-version.js';
import { ownModule } from '../core/own-build.js';
import { subscribe } from '../observe/events.js';
import { plainEvent } from '../observe/plain-event.js';
import type { SwapperStats } from '../observe/stats.js';
import type { Details } from './details.js';
import type { ReloadOptions } from './reload-options.js';

/** The part of a swapper that can be controlled. */
interface ControlledSwapper {
  readonly pluginDir: string;
  stats(): SwapperStats;
  reload(data: undefined, options: ReloadOptions): Promise<Details>;
  rollback(options: Pick<ReloadOptions, 'kept'>): Promise<Details>;
}

/** The control socket of a swapper, opened and closed with it. Its errors are logged and have no other effect. */
export class SwapperControl {
  readonly #opening: Promise<ControlSocket | undefined>;

  /** @param path of the socket; `true` places it in the folder of this user, where `liveswap ps` finds it. */
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
  // A host without a control socket does not load the module.
  const { ControlSocket } = await ownModule(import('../control/control-socket.js'));
  const facts = { folder: swapper.pluginDir, version: packageVersion() };
  return ControlSocket.open(controlledBy(swapper), facts, path === true ? undefined : path);
}

function controlledBy(swapper: ControlledSwapper): Controlled {
  return {
    status: () => ({ folder: swapper.pluginDir, pid: process.pid, ...swapper.stats() }),
    reload: async (request) => swapper.reload(undefined, request),
    rollback: async (request) => swapper.rollback(request),
    subscribe: (listener) => subscribe(swapper, (event) => listener(plainEvent(event))),
  };
}
