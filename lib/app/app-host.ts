import { lockFileHash } from '../compiler/app/lock-file.js';
import { LiveswapError } from '../core/errors.js';
import { setTimeout } from '../core/timers.js';
import { Tunnel } from '../sockets/host/tunnel.js';
import type { ListenAddress } from '../surface/listen.js';
import {
  errorFacts,
  errorOfFacts,
  type AppAnswer,
  type AppNote,
  type AppOptions,
} from '../surface/app-notes.js';
import type { Generation } from '../swap/generation.js';
import type { Swapper } from '../swap/swapper.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import { AddressBook, type Claim } from './address-book.js';
import { openAppPort } from './app-port.js';
import { changeProcess } from './change-process.js';
import type { WarmAppOptions } from './options.js';
import { warmUpApp } from './warm-app.js';

/** At a first load: how long a thread has to be idle that listens nowhere, and below which share of its time it is. */
const IDLE_MS = 1_500;
const IDLE_SHARE = 0.2;
const LOOK_MS = 25;

/** A thread of the app, as the host has it. */
interface AppThread {
  readonly tunnel: Tunnel;
  readonly claims: Map<string, Claim>;
  /** Resolves when the entry has been evaluated; rejects with what it threw. */
  readonly ready: Promise<void>;
  /** Aborted with why, when the thread is gone. */
  readonly gone: AbortSignal;
}

/** Dependencies of an app host. */
export interface AppHostDeps {
  readonly swapper: Swapper;
  /** The app's name as a plugin. */
  readonly plugin: string;
  /** Milliseconds that a version may take to be up. */
  readonly startMs: number;
  readonly options: Omit<AppOptions, 'root'>;
  /** Says what people should know. */
  readonly warn?: (text: string) => void;
  /** Absolute path of the folder that the files of an artifact with this hash are in. */
  readonly rootOf: (hash: string) => string;
  /** True when a version must listen wherever the current one does. Default true. */
  readonly needsAddresses?: boolean;
  readonly warm?: WarmAppOptions | undefined;
  /** Called with a module that a version has loaded although it is none of its files. */
  readonly onJoined?: (path: string) => void;
}

/**
 * Serves an app: has its entry run in each thread of each version, gives it the addresses that it listens on, and moves its connections
 * to the next version at the assignment.
 */
export class AppHost {
  readonly #deps: AppHostDeps;
  readonly #book = new AddressBook<Tunnel>(openAppPort);
  readonly #threads = new WeakMap<ThreadHandle, AppThread>();
  /** Exclusive versions whose gate is heard. */
  readonly #watched = new WeakSet<Version>();
  readonly #stops: (() => void)[];
  #current: Version | undefined;

  constructor(deps: AppHostDeps) {
    this.#deps = deps;
    const { swapper } = deps;
    this.#stops = [
      swapper.addGate((next) => this.#bringUp(next)),
      swapper.on('reloaded', ({ reason }) => {
        this.#switch();
        const version = this.#current;
        if (reason === 'rollback' && version) void this.#comparePackages(version, 'A rollback');
      }),
      swapper.on('threadReplaced', ({ plugin, thread }) => {
        // A thread that fails here dies, and is replaced in its turn.
        this.#replaced(plugin, thread).catch(() => {});
      }),
    ];
  }

  /** Addresses on which the current version listens, each port as a URL. */
  get urls(): string[] {
    return this.#book.open.map(({ address, isEncrypted }) => urlOf(address, isEncrypted));
  }

  /** Accepts nothing more. Connections that are open end with their versions. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#book.closeAll();
  }

  /** The gate: a generation becomes current only when its app is up. */
  async #bringUp(next: Generation): Promise<void> {
    const version = this.#versionOf(next);
    if (!version) return;
    const { startMs } = this.#deps;
    const late = AbortSignal.timeout(startMs);
    await Promise.all(version.threads.map((thread) => this.#ready(version, thread, late)));
    const deaths = version.threads.flatMap((thread) => this.#threads.get(thread)?.gone ?? []);
    if (!this.#current) await this.#firstAddress(version, late);
    if (this.#deps.needsAddresses !== false) await this.#everyAddress(version, late, deaths);
    await Promise.all(version.threads.map((thread) => this.#warm(version, thread)));
  }

  async #everyAddress(version: Version, late: AbortSignal, deaths: readonly AbortSignal[]): Promise<void> {
    await this.#book.whenNothingMissing(version, AbortSignal.any([late, ...deaths])).catch(() => {
      const dead = deaths.find(({ aborted }) => aborted);
      throw dead ? dead.reason : this.#late(version, this.#book.missingFor(version));
    });
  }

  async #ready(version: Version, thread: ThreadHandle, late: AbortSignal): Promise<void> {
    const { ready } = this.#threads.get(thread) ?? (await this.#open(version, thread));
    const lateness = new Promise<never>((_, reject) => {
      late.addEventListener('abort', () => reject(this.#late(version, ['the end of its evaluation'])), {
        once: true,
      });
    });
    await Promise.race([ready, lateness]);
  }

  /** At a first load nothing says what a version is to listen on: it is waited for while the start is at work. */
  async #firstAddress(version: Version, late: AbortSignal): Promise<void> {
    const isAtWork = (): boolean =>
      version.threads.some(({ death, eventLoopUtilization }) => !death && eventLoopUtilization > IDLE_SHARE);
    for (let looks = 0; !late.aborted && !this.#book.isOpenFor(version); looks++) {
      // The share of a thread is that of its last second.
      if (looks * LOOK_MS > IDLE_MS && !isAtWork()) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #warm(version: Version, handle: ThreadHandle): Promise<void> {
    const { warm } = this.#deps;
    const thread = this.#threads.get(handle);
    if (!warm || !thread) return;
    const { tunnel, gone } = thread;
    const claim = [...thread.claims.values()].find(
      ({ address }) => warm.port === undefined || (typeof address !== 'string' && address.port === warm.port),
    );
    if (claim) return warmUpApp({ version, tunnel, gone, key: claim.key }, warm);
    const port = warm.port === undefined ? 'nowhere' : `not on port ${warm.port}`;
    throw new LiveswapError(
      'START_TIMEOUT',
      `${version} cannot be asked for ${warm.path} (warm): it listens ${port}.`,
      { plugin: version.plugin, version: version.id },
    );
  }

  /** Has the entry run in a thread. */
  async #open(version: Version, handle: ThreadHandle): Promise<AppThread> {
    const port = await version.openService(handle, 'app', {
      ...this.#deps.options,
      root: this.#deps.rootOf(version.artifact.hash),
    } satisfies AppOptions);
    if (version.exclusive && !this.#watched.has(version)) {
      this.#watched.add(version);
      version.outsideWork.onGate(() => this.#gated(version));
    }
    let settle!: { resolve: () => void; reject: (error: unknown) => void };
    const ready = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
    ready.catch(() => {});
    const gone = new AbortController();
    const tunnel = new Tunnel(port, {
      hold: () => version.outsideWork.hold('connections'),
      note: (note) => this.#heard(version, thread, note as AppNote, settle),
      whyLost: () => handle.death ?? new Error('the thread of the app is gone'),
      onLost: (cause) => {
        settle.reject(cause);
        gone.abort(cause);
        this.#book.leave(tunnel);
      },
    });
    const thread: AppThread = { tunnel, claims: new Map(), ready, gone: gone.signal };
    this.#threads.set(handle, thread);
    tunnel.note({ kind: 'run' } satisfies AppAnswer);
    return thread;
  }

  #heard(
    version: Version,
    thread: AppThread,
    note: AppNote,
    settle: { resolve: () => void; reject: (error: unknown) => void },
  ): void {
    switch (note.kind) {
      case 'listen':
        return void this.#listen(version, thread, note);
      case 'close':
        thread.claims.get(note.key)?.release();
        thread.claims.delete(note.key);
        return undefined;
      case 'ready':
        return settle.resolve();
      case 'failed':
        return settle.reject(startFailed(version, errorOfFacts(note.error)));
      case 'joined':
        return this.#deps.onJoined?.(note.path);
      case 'process':
        return changeProcess(note.change, note.done);
      default:
        return note satisfies never;
    }
  }

  async #listen(
    version: Version,
    { tunnel, claims }: AppThread,
    note: AppNote & { kind: 'listen' },
  ): Promise<void> {
    const { ask } = note;
    try {
      await this.#book.listen(tunnel, version, note.request, (claim) => {
        claims.set(claim.key, claim);
        tunnel.note({ kind: 'listening', ask, key: claim.key, address: claim.address });
      });
    } catch (error) {
      tunnel.note({ kind: 'refused', ask, error: errorFacts(error) });
    }
  }

  /** A version hands over: what comes waits for whichever serves then. */
  #gated(version: Version): void {
    if (version !== this.#current) return;
    if (version.outsideWork.isGated) this.#book.hold();
    // The version goes on after all; after a replacement, the assignment follows.
    else if (this.#versionOf(this.#deps.swapper.current) === version) this.#book.switchTo(version);
  }

  /** The assignment: what comes from now on is the new version's. */
  #switch(): void {
    const version = this.#versionOf(this.#deps.swapper.current);
    if (version === this.#current) return;
    if (this.#current?.exclusive) this.#dropWhatStays(this.#current);
    this.#tell(this.#current, { kind: 'replaced', isFirst: this.#deps.swapper.reloads === 1 });
    this.#current = version;
    if (!version) return this.#book.closeAll();
    this.#book.switchTo(version);
    this.#tell(version, { kind: 'active' });
  }

  /** Upgraded and bare connections stay with their version; of an exclusive one nothing may go on. */
  #dropWhatStays(version: Version): void {
    for (const thread of version.threads) this.#threads.get(thread)?.tunnel.drop();
  }

  #tell(version: Version | undefined, answer: AppAnswer): void {
    for (const thread of version?.threads ?? []) this.#threads.get(thread)?.tunnel.note(answer);
  }

  async #replaced(plugin: string, index: number): Promise<void> {
    if (plugin !== this.#deps.plugin) return;
    const version = this.#versionOf(this.#deps.swapper.current);
    const handle = version?.threads.find(({ name }) => name.thread === index);
    if (!version || !handle) return;
    void this.#comparePackages(version, 'A replaced thread');
    const { tunnel } = await this.#open(version, handle);
    if (version === this.#current) tunnel.note({ kind: 'active' });
  }

  /** Packages are not frozen: a version that runs with others than it was made with may not be what it was. */
  async #comparePackages(version: Version, what: string): Promise<void> {
    const { artifact } = version;
    const { app } = artifact.manifest;
    const root = this.#deps.rootOf(artifact.hash);
    if (!app || app.lock === (await lockFileHash(root))) return;
    this.#deps.warn?.(
      `${what} runs the code of ${version} with the packages of today: it was made with another lock file than the one in ${root}. Deploy each release to a folder of its own, with its node_modules.`,
    );
  }

  #versionOf(generation: Generation): Version | undefined {
    return generation.versions.find(({ plugin }) => plugin === this.#deps.plugin);
  }

  #late(version: Version, missing: readonly string[]): LiveswapError {
    const { startMs } = this.#deps;
    return new LiveswapError(
      'START_TIMEOUT',
      `${version} was not up within ${startMs} ms: it still misses ${missing.join(', ')}; look for what its start waits for, raise startMs, or say { ready: 'evaluated' } when it no longer listens there.`,
      { plugin: version.plugin, version: version.id, missing },
    );
  }
}

function startFailed(version: Version, cause: Error): LiveswapError {
  return new LiveswapError('START_FAILED', `The entry of ${version} threw: ${cause.message}`, {
    plugin: version.plugin,
    version: version.id,
    cause,
  });
}

function urlOf(address: ListenAddress, isEncrypted: boolean): string {
  const scheme = isEncrypted ? 'https' : 'http';
  if (typeof address === 'string') return `${scheme}+unix:${address}`;
  const { address: host, family, port } = address;
  // All interfaces: a browser of this machine finds it there.
  const name = host === '::' || host === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${host}]` : host;
  return `${scheme}://${name}:${port}`;
}
