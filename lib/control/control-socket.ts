import { access, chmod, lstat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, isAbsolute, join } from 'node:path';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { clearInterval, setInterval, setTimeout } from '../core/timers.js';
import { ControlSession, type Controlled } from './control-session.js';
import { removeStale } from './remove-stale.js';
import { openSocketFolder, socketOf, type SwapperFacts } from './socket-folder.js';

let last = 0;

/** Interval at which a socket looks whether it is still to be found, in milliseconds. */
const LOOK_MS = 60_000;

/** A file that says which swapper a socket is of. */
interface FactsFile {
  readonly path: string;
  readonly text: string;
}

/**
 * A socket that accepts commands for a swapper. Others may remove its files while it is open: systems tidy up their temporary folder, and
 * a user's folder in `XDG_RUNTIME_DIR` goes when the user logs out.
 */
export class ControlSocket {
  readonly path: string;
  readonly #controlled: Controlled;
  /** The file beside the socket in the user's folder; `undefined` for a socket at a given path. */
  readonly #facts: FactsFile | undefined;
  readonly #sessions = new Set<ControlSession>();
  #server = createServer();
  #looks: NodeJS.Timeout | undefined;
  /** The look in progress. */
  #look: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(controlled: Controlled, path: string, facts?: FactsFile) {
    this.#controlled = controlled;
    this.path = path;
    this.#facts = facts;
  }

  /**
   * Opens a socket at `path`, or in the user's folder, where `liveswap ps` finds it. It does not keep the process alive.
   *
   * @param lookMs interval at which it looks whether it is still to be found, in milliseconds.
   * @throws LiveswapError `CONTROL_FAILED`
   */
  static async open(
    controlled: Controlled,
    facts: Omit<SwapperFacts, 'pid' | 'startedAt'>,
    path?: string,
    lookMs = LOOK_MS,
  ): Promise<ControlSocket> {
    const socket =
      path === undefined
        ? await ControlSocket.#inUserFolder(controlled, facts)
        : new ControlSocket(controlled, path);
    await socket.#listen();
    try {
      await socket.#makeKnown();
    } catch (cause) {
      await socket.close();
      throw cannotOpen(socket.path, cause);
    }
    // By then, a relative path may lead elsewhere.
    if (isAbsolute(socket.path)) socket.#lookEvery(lookMs);
    return socket;
  }

  static async #inUserFolder(
    controlled: Controlled,
    facts: Omit<SwapperFacts, 'pid' | 'startedAt'>,
  ): Promise<ControlSocket> {
    const file = join(await openSocketFolder(), `${process.pid}-${++last}.json`);
    const whole: SwapperFacts = { pid: process.pid, ...facts, startedAt: new Date().toISOString() };
    return new ControlSocket(controlled, socketOf(file), { path: file, text: JSON.stringify(whole) });
  }

  async #listen(): Promise<void> {
    const { path } = this;
    refuseLongPath(path);
    const server = createServer({ allowHalfOpen: true });
    server.on('connection', (socket) => {
      const session = new ControlSession(socket, this.#controlled);
      this.#sessions.add(session);
      socket.once('close', () => this.#sessions.delete(session));
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
    this.#server = server;
  }

  #lookEvery(ms: number): void {
    const look = (): Promise<void> => this.#stay().catch(() => {});
    this.#looks = setInterval(() => (this.#look = this.#look.then(look)), ms).unref();
  }

  async #makeKnown(): Promise<void> {
    if (this.#facts) await writeFile(this.#facts.path, this.#facts.text, { mode: 0o600 });
  }

  /** Stays where it can be found: has its file count as new, and writes it or listens again where that was removed. */
  async #stay(): Promise<void> {
    if (await isRemoved(this.path)) {
      // What is above the user's folder is not ours to make: at a logout the system removes it, to make it anew at the next login.
      if (this.#facts) await access(dirname(dirname(this.path))).then(openSocketFolder);
      // Closed later, it would remove the new socket of the same path.
      this.#server.close();
      await this.#listen();
    }
    if (!this.#facts) return;
    const now = new Date();
    await utimes(this.#facts.path, now, now).catch(() => this.#makeKnown());
  }

  /** Stops accepting connections and removes the socket. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    clearInterval(this.#looks);
    await this.#look;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.close();
    if (this.#facts) await removeDespiteReaders(this.#facts.path);
    // A client that does not read must not delay a shutdown.
    setTimeout(() => {
      for (const session of this.#sessions) session.destroy();
    }, 100).unref();
    await closed;
  }
}

/** Resolves to true if nothing is at the path of a socket any more. Pipes of Windows have no files. */
async function isRemoved(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return lstat(path).then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === 'ENOENT',
  );
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
