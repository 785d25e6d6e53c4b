import { chmod, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { clearInterval, setInterval, setTimeout } from '../core/timers.js';
import { ControlSession, type Controlled } from './control-session.js';
import { removeStale } from './remove-stale.js';
import { openSocketFolder, socketOf, type SwapperFacts } from './socket-folder.js';

let last = 0;

/** Interval at which a socket's file of facts is renewed, in milliseconds. */
const RENEW_MS = 3_600_000;

/** A file that says which swapper a socket is of. */
interface FactsFile {
  readonly path: string;
  readonly text: string;
}

/** A socket that accepts commands for a swapper. */
export class ControlSocket {
  readonly #server: Server;
  readonly #sessions = new Set<ControlSession>();
  readonly path: string;
  /** The file beside the socket in the user's folder; `undefined` for a socket at a given path. */
  #facts: FactsFile | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #renewed: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.path = path;
  }

  /**
   * Opens a socket at `path`, or in the user's folder, where `liveswap ps` finds it. It does not keep the process alive.
   *
   * @param renewMs interval at which the file that makes it known is renewed, in milliseconds.
   * @throws LiveswapError `CONTROL_FAILED`
   */
  static async open(
    controlled: Controlled,
    facts: Omit<SwapperFacts, 'pid' | 'startedAt'>,
    path?: string,
    renewMs = RENEW_MS,
  ): Promise<ControlSocket> {
    if (path !== undefined) return ControlSocket.#listen(controlled, path);
    const folder = await openSocketFolder();
    const factsFile = join(folder, `${process.pid}-${++last}.json`);
    const socket = await ControlSocket.#listen(controlled, socketOf(factsFile));
    const whole: SwapperFacts = { pid: process.pid, ...facts, startedAt: new Date().toISOString() };
    try {
      await socket.#makeKnown({ path: factsFile, text: JSON.stringify(whole) }, renewMs);
      return socket;
    } catch (cause) {
      await socket.close();
      throw cannotOpen(socket.path, cause);
    }
  }

  static async #listen(controlled: Controlled, path: string): Promise<ControlSocket> {
    refuseLongPath(path);
    const server = createServer({ allowHalfOpen: true });
    const control = new ControlSocket(server, path);
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

  async #makeKnown(facts: FactsFile, renewMs: number): Promise<void> {
    this.#facts = facts;
    await writeFacts(facts);
    this.#renewal = setInterval(() => (this.#renewed = renew(facts)), renewMs).unref();
  }

  /** Stops accepting connections and removes the socket. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.close();
    clearInterval(this.#renewal);
    await this.#renewed;
    if (this.#facts) await removeDespiteReaders(this.#facts.path);
    // A client that does not read must not delay a shutdown.
    setTimeout(() => {
      for (const session of this.#sessions) session.destroy();
    }, 100).unref();
    await closed;
  }
}

function writeFacts({ path, text }: FactsFile): Promise<void> {
  return writeFile(path, text, { mode: 0o600 });
}

/**
 * Has a file of facts count as new, or writes it again: systems remove files from their temporary folder that nobody has used for days,
 * and leave the socket, on which somebody listens.
 */
async function renew(facts: FactsFile): Promise<void> {
  const now = new Date();
  await utimes(facts.path, now, now)
    .catch(() => writeFacts(facts))
    .catch(() => {});
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
