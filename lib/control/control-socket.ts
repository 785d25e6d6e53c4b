import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { setTimeout } from '../core/timers.js';
import { ControlSession, type Controlled } from './control-session.js';
import { removeStale } from './remove-stale.js';
import { openSocketFolder, socketOf, type SwapperFacts } from './socket-folder.js';

let last = 0;

/** A socket that accepts commands for a swapper. */
export class ControlSocket {
  readonly #server: Server;
  readonly #sessions = new Set<ControlSession>();
  /** File of facts beside the socket in the user's folder; `undefined` for a socket at a given path. */
  readonly #factsFile: string | undefined;
  readonly path: string;
  #closed: Promise<void> | undefined;

  private constructor(server: Server, path: string, factsFile: string | undefined) {
    this.#server = server;
    this.path = path;
    this.#factsFile = factsFile;
  }

  /**
   * Opens a socket at `path`, or in the user's folder, where `liveswap ps` finds it. It does not keep the process alive.
   * @throws LiveswapError `CONTROL_FAILED`
   */
  static async open(
    controlled: Controlled,
    facts: Omit<SwapperFacts, 'pid' | 'startedAt'>,
    path?: string,
  ): Promise<ControlSocket> {
    if (path !== undefined) return ControlSocket.#listen(controlled, path, undefined);
    const folder = await openSocketFolder();
    const factsFile = join(folder, `${process.pid}-${++last}.json`);
    const socket = await ControlSocket.#listen(controlled, socketOf(factsFile), factsFile);
    const whole: SwapperFacts = { pid: process.pid, ...facts, startedAt: new Date().toISOString() };
    try {
      await writeFile(factsFile, JSON.stringify(whole), { mode: 0o600 });
      return socket;
    } catch (cause) {
      await socket.close();
      throw cannotOpen(socket.path, cause);
    }
  }

  static async #listen(
    controlled: Controlled,
    path: string,
    factsFile: string | undefined,
  ): Promise<ControlSocket> {
    refuseLongPath(path);
    const server = createServer({ allowHalfOpen: true });
    const control = new ControlSocket(server, path, factsFile);
    server.on('connection', (socket) => {
      const session = new ControlSession(socket, controlled);
      control.#sessions.add(session);
      socket.once('close', () => control.#sessions.delete(session));
    });
    try {
      await removeStale(path);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
      // Any user who can open the socket can reload.
      if (process.platform !== 'win32') await chmod(path, 0o600);
    } catch (cause) {
      // The server may be listening already, for other users as well.
      server.close();
      throw cannotOpen(path, cause);
    }
    server.unref();
    server.on('error', () => {});
    return control;
  }

  /** Stops accepting connections and removes the socket. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.close();
    if (this.#factsFile !== undefined) await removeDespiteReaders(this.#factsFile);
    // A client that does not read must not delay a shutdown.
    setTimeout(() => {
      for (const session of this.#sessions) session.destroy();
    }, 100).unref();
    await closed;
  }
}

/** Most bytes of a socket's path, by platform: the system has room for no more. */
const LONGEST = process.platform === 'linux' ? 107 : 103;

/**
 * Node 20 listens at the beginning of a longer path instead, which others may share.
 * @throws LiveswapError `CONTROL_FAILED`
 */
function refuseLongPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (process.platform === 'win32' || bytes <= LONGEST) return;
  throw cannotOpen(path, new Error(`it has ${bytes} bytes, and the path of a socket at most ${LONGEST}`));
}

function cannotOpen(path: string, cause: unknown): LiveswapError {
  return new LiveswapError(
    'CONTROL_FAILED',
    `Cannot open the control socket ${path}: ${messageOf(cause)}; choose another path in the option control.`,
    { path, cause },
  );
}
