import { resolve } from 'node:path';
import { lockFileHash } from '../compiler/app/lock-file.js';
import { signalAfter } from '../core/deadline.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import type { ListenAddress } from '../surface/listen.js';
import type { AppAnswer, AppOptions } from '../surface/app-notes.js';
import type { Generation } from '../swap/generation.js';
import type { Swapper } from '../swap/swapper.js';
import type { ThreadHandle, ThreadName } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import { AddressBook } from './address-book.js';
import { openAppPort } from './app-port.js';
import { bringUp, whenEvaluated } from './app-start.js';
import { LoneStart } from './lone-start.js';
import { LostAddresses } from './lost-addresses.js';
import type { WarmAppOptions } from './options.js';
import { NamedContexts } from './named-contexts.js';
import { ServedThread } from './served-thread.js';
import { cannotMove } from './start-refusal.js';

/** Dependencies of an app host. */
export interface AppHostDeps {
  readonly swapper: Swapper;
  /** The app's name as a plugin. */
  readonly plugin: string;
  /** Milliseconds that a version may take to be up. */
  readonly startMs: number;
  readonly options: Omit<AppOptions, 'root' | 'sockets'>;
  /** Logs a sentence for people. */
  readonly warn?: (text: string) => void;
  /** Returns the absolute path of the folder with the files of the artifact with this hash. */
  readonly rootOf: (hash: string) => string;
  /** True when a version must listen wherever the current one does. Default true. */
  readonly needsAddresses?: boolean;
  readonly warm?: WarmAppOptions | undefined;
  /** Called with a module that a version has loaded although it is not one of its files. */
  readonly onJoined?: (path: string) => void;
}

/**
 * Serves an app: has its entry run in each thread of each version, gives it the addresses that it listens on, and moves its
 * connections to the next version at the assignment.
 */
export class AppHost {
  readonly #deps: AppHostDeps;
  readonly #contexts = new NamedContexts();
  readonly #book = new AddressBook<Tunnel>((request, key) => openAppPort(request, key, this.#contexts));
  readonly #threads = new WeakMap<ThreadHandle, ServedThread>();
  /** Threads in which the entry was begun, or is about to be. */
  readonly #begun = new WeakSet<ThreadHandle>();
  /** Those that are not gone. */
  readonly #open = new Set<ServedThread>();
  /** Versions whose gate is watched. */
  readonly #watched = new WeakSet<Version>();
  readonly #stops: (() => void)[];
  readonly #loneStart: LoneStart;
  readonly #lost: LostAddresses;
  #current: Version | undefined;

  constructor(deps: AppHostDeps) {
    this.#deps = deps;
    const { swapper } = deps;
    this.#lost = new LostAddresses({ ...deps, book: this.#book, current: () => this.#current });
    this.#loneStart = new LoneStart({
      dropWhatStays: (version) => this.#dropWhatStays(version),
      whenUp: (version) => this.#lost.whenUp(version),
      tell: (text) => deps.warn?.(text),
    });
    this.#stops = [
      swapper.addGate((next) => this.#bringUp(next)),
      swapper.addGate((next) => this.#move(next), 'last'),
      swapper.on('reloaded', () => this.#switch()),
      swapper.on('reloadFailed', () => {
        this.#book.stay();
        this.#loneStart.refused();
      }),
      swapper.on('versionFailed', () => this.#lost.refuseIfGivenUp()),
      swapper.on('threadReplaced', (replaced) => {
        void this.#replaced(replaced);
      }),
    ];
  }

  /** Addresses on which the current version listens, each port as a URL. */
  get urls(): string[] {
    return this.#book.open.map(({ address, isEncrypted }) => urlOf(address, isEncrypted));
  }

  /** True while connections are refused, because the current version does not listen any more. */
  get isRefusing(): boolean {
    return this.#book.isRefusing;
  }

  /** Stops accepting connections. Open ones end with their requests, and those without requests as the app ends them. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#book.closeAll();
    for (const thread of this.#open) thread.tell({ kind: 'closing' });
  }

  /** Resolves when the app of a generation is up. This gate lets no other generation become current. */
  async #bringUp(next: Generation): Promise<void> {
    const version = this.#versionOf(next);
    const current = this.#current;
    // The current version is up. A thread of it that is being replaced must not hold up the reload of a plugin beside it.
    if (!version || version === current) return;
    const { startMs, warm, needsAddresses = true } = this.#deps;
    if (current && startsAlone(version, current)) await this.#loneStart.makeWay(current);
    await this.#comparePackages(version);
    await bringUp({
      version,
      root: this.#deps.rootOf(version.artifact.hash),
      startMs,
      warm,
      needsAddresses,
      book: this.#book,
      isFirst: current === undefined,
      threadOf: async (handle) => this.#threads.get(handle) ?? this.#openThread(version, handle),
    });
  }

  /** Resolves when the addresses are at the hosts that the app of a generation wants. */
  async #move(next: Generation): Promise<void> {
    const version = this.#versionOf(next);
    if (!version) return;
    await this.#book.moveFor(version).catch((error: unknown) => {
      throw cannotMove(version, error);
    });
  }

  /** Has the entry run in a thread. */
  async #openThread(version: Version, handle: ThreadHandle): Promise<ServedThread> {
    this.#begun.add(handle);
    const { options, rootOf, onJoined } = this.#deps;
    const root = rootOf(version.artifact.hash);
    const lingerMs = startsAlone(version) ? 0 : options.lingerMs;
    const port = await version.openService(handle, 'app', {
      ...options,
      lingerMs,
      root,
      sockets: this.#book.open.flatMap(({ address }) =>
        typeof address === 'string' ? resolve(address) : [],
      ),
    } satisfies AppOptions);
    if (!this.#watched.has(version)) {
      this.#watched.add(version);
      version.outsideWork.onGate(() => this.#gated(version));
    }
    const thread = new ServedThread({
      version,
      handle,
      port,
      book: this.#book,
      contexts: this.#contexts,
      root,
      warn: (text) => this.#deps.warn?.(text),
      onJoined,
    });
    this.#threads.set(handle, thread);
    this.#open.add(thread);
    const onGone = (): void => {
      this.#open.delete(thread);
      void this.#lost.wait(version);
    };
    thread.gone.addEventListener('abort', onGone, { once: true });
    thread.run();
    return thread;
  }

  /** Makes connections wait while a version, or a thread of it, hands over, for the one that serves afterwards. */
  async #gated(version: Version): Promise<void> {
    if (version !== this.#current) return;
    if (version.outsideWork.isGated) {
      this.#book.hold();
      await Promise.all(version.threads.map(async (handle) => this.#threads.get(handle)?.fence.set()));
    } else if (this.#versionOf(this.#deps.swapper.current) === version) {
      // The version continues. If it was replaced, the assignment follows.
      this.#leaveRecycled(version);
      this.#book.resume(version);
      void this.#lost.wait(version);
    }
  }

  /** Removes a thread that was replaced, which serves nothing any more. */
  #leaveRecycled(version: Version): void {
    for (const handle of version.threads) {
      const thread = version.group.isLeaving(handle) ? this.#threads.get(handle) : undefined;
      if (!thread) continue;
      this.#book.leave(thread.tunnel);
      thread.tell({ kind: 'replaced', isFirst: false, alone: true });
    }
  }

  /** Performs the assignment: new connections belong to the new version. */
  #switch(): void {
    const version = this.#versionOf(this.#deps.swapper.current);
    if (version === this.#current) return;
    const isFirst = this.#deps.swapper.reloads === 1;
    this.#tell(this.#current, { kind: 'replaced', isFirst, alone: this.#current?.exclusive === true });
    this.#current = version;
    this.#loneStart.replaced();
    if (!version) return this.#book.closeAll();
    this.#book.switchTo(version);
  }

  /** Handles the addresses of a version whose threads are about to end. */
  #dropWhatStays(version: Version): void {
    for (const thread of version.threads) this.#threads.get(thread)?.tunnel.drop();
  }

  #tell(version: Version | undefined, answer: AppAnswer): void {
    for (const thread of version?.threads ?? []) this.#threads.get(thread)?.tell(answer);
  }

  async #replaced(replaced: ThreadName): Promise<void> {
    const version = this.#versionOf(this.#deps.swapper.current);
    const handle = version?.threads.find(({ name }) => isSame(name, replaced));
    // The event may be that of a former version with the same files.
    if (!version || !handle || this.#begun.has(handle)) return;
    void this.#comparePackages(version);
    const { startMs, rootOf } = this.#deps;
    const deps = { version, root: rootOf(version.artifact.hash), startMs };
    try {
      await handle.bringUp(async () => {
        if (startsAlone(version)) await goneFrom(version, replaced.thread);
        const begun = this.#openThread(version, handle).then((thread) => [thread]);
        await whenEvaluated(deps, begun, signalAfter(startMs));
      });
    } catch (error) {
      // This thread would serve nothing; the thread that replaces it tries again.
      if (!handle.death) handle.crash(error);
    }
  }

  /** Packages are not frozen, so a version that runs with other packages than at its build may behave differently. */
  async #comparePackages(version: Version): Promise<void> {
    const { artifact, remarks } = version;
    const root = this.#deps.rootOf(artifact.hash);
    const made = artifact.manifest.app?.lock;
    const today = made === undefined ? undefined : await lockFileHash(root);
    if (today === undefined || today === made) return;
    const remark = `${version} runs with the packages of today: it was made with another lock file than the one in ${root}; deploy each release to a folder of its own, with its node_modules`;
    remarks.add(remark);
    this.#deps.warn?.(`${remark}.`);
  }

  #versionOf(generation: Generation): Version | undefined {
    return generation.versions.find(({ plugin }) => plugin === this.#deps.plugin);
  }
}

function isSame(one: ThreadName, other: ThreadName): boolean {
  return one.plugin === other.plugin && one.version === other.version && one.thread === other.thread;
}

/** Resolves when leaving threads are gone, because resources that they opened may be open only once. */
async function goneFrom({ threads, group }: Version, index: number): Promise<void> {
  const leaving = threads.filter((thread) => thread.name.thread === index && group.isLeaving(thread));
  await Promise.all(leaving.map(({ dead }) => dead));
}

/** Returns whether either of two versions opens resources that may be open only once. */
function startsAlone(...versions: Version[]): boolean {
  return versions.some(({ artifact }) => artifact.manifest.app?.startsAlone);
}

function urlOf(address: ListenAddress, isEncrypted: boolean): string {
  const scheme = isEncrypted ? 'https' : 'http';
  if (typeof address === 'string') return `${scheme}+unix:${address}`;
  const { address: host, family, port } = address;
  // The address for all interfaces is replaced by one that a browser on this machine can use.
  const name = host === '::' || host === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${host}]` : host;
  return `${scheme}://${name}:${port}`;
}
