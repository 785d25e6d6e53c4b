import type { Carrier } from '../core/carrier.js';
import { withDeadline } from '../core/deadline.js';
import { LiveswapError } from '../core/errors.js';
import { onAbort } from '../core/on-abort.js';
import { keyOf } from '../core/plugin-key.js';
import { Switchboard } from '../sockets/host/switchboard.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import type { Generation } from '../swap/generation.js';
import type { Swapper } from '../swap/swapper.js';
import { offerService } from '../thread/services.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import { openTunnel, type ServingTunnel } from './open-tunnel.js';
import type { HttpSettings } from './options.js';
import type { Statuses } from './statuses.js';
import { warmUp } from './warm.js';
import type { ThreadLoads } from './websocket/thread-loads.js';
import { WebSockets, type HookRunner } from './websocket/web-sockets.js';

/**
 * The tunnels to the threads of one plugin that serves HTTP. Those of the current generation take new connections; the next
 * generation becomes current only when its tunnels are up.
 */
export class HttpTunnels {
  readonly plugin: string;
  readonly switchboard: Switchboard;
  readonly webSockets: WebSockets;
  readonly #swapper: Swapper;
  readonly #settings: HttpSettings;
  readonly #opening = new WeakMap<ThreadHandle, Promise<void>>();
  /** Versions whose gate is watched. */
  readonly #gated = new WeakSet<Version>();
  readonly #serving = new Map<ThreadHandle, ServingTunnel>();
  readonly #stops: (() => void)[];
  /** The version of the current generation, or of the last one. */
  #version: Version | undefined;
  #stopped: Promise<void> | undefined;

  /** Serves as soon as the plugin is loaded; {@link openCurrent} waits for it. */
  constructor(swapper: Swapper, plugin: string, settings: HttpSettings) {
    // Plugins that are linked statically serve in this thread.
    offerService('http', async () => (await import('./thread/open-http.js')).openHttp);
    this.plugin = plugin;
    this.#swapper = swapper;
    this.#settings = settings;
    this.switchboard = new Switchboard(settings.retry === 1 ? isSafe : undefined);
    this.webSockets = new WebSockets((last, loads) => this.#runner(last, loads), settings.webSockets);
    this.#stops = [
      onAbort(swapper.ending, () => void this.stop()),
      swapper.addGate((next) => this.#prepare(this.#versionIn(next))),
      swapper.on('reloaded', () => this.#connect()),
      swapper.on('threadReplaced', () => this.#connect()),
      swapper.on('versionFailed', () => this.#connect()),
    ];
    // A swapper that is closed already tells nobody: requests would wait for ever.
    if (swapper.ending.aborted) void this.stop();
  }

  get statuses(): Statuses {
    return this.#settings.statuses;
  }

  /** True when requests that are made here may have a carrier. */
  get makesCarriers(): boolean {
    return this.#swapper.makesCarriers;
  }

  /** Returns the carrier of a request that is made here. @throws LiveswapError `OPTION_INVALID` */
  carrierHere(): Carrier | undefined {
    return this.#swapper.carrierHere();
  }

  /** Opens the tunnels of the current generation, if there is one. @throws LiveswapError `HOOK_FAILED` */
  async openCurrent(): Promise<void> {
    const version = this.#current;
    try {
      await this.#openAll(version);
    } finally {
      this.#connect();
    }
  }

  /**
   * Stops accepting; open requests finish, and WebSockets are closed at once. Resolves when all are gone, after `drainMs` at the
   * latest.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Cuts open requests and connections. */
  cut(cause: unknown): void {
    this.webSockets.abandon();
    for (const { tunnel } of this.#serving.values()) tunnel.lose(cause);
  }

  async #stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.switchboard.close();
    const version = this.#version;
    // The closing hooks of the WebSockets need their version.
    const release = version?.outsideWork.hold('WebSockets');
    const closed = this.webSockets.close(1001, 'The server is closing.');
    if (version) await this.#untilEnded(closed, version);
    this.webSockets.abandon();
    release?.();
  }

  /**
   * Waits for hooks as long as their version can run them, and no longer than for its other work: one of them may never end.
   */
  async #untilEnded(closed: Promise<void>, version: Version): Promise<void> {
    const { retired, settings, group } = version;
    const stops: (() => void)[] = [];
    const dead = new Promise<void>((resolve) => {
      // A version that ends, or is given up, gets no thread in the place of the last one.
      const look = (): void => {
        if (version.state.kind !== 'active' && group.established.every(({ death }) => death)) resolve();
      };
      for (const type of ['threadCrashed', 'versionFailed'] as const)
        stops.push(this.#swapper.on(type, look));
      look();
    });
    const ended = Promise.race([closed, dead, retired]);
    await withDeadline(ended, settings.drainMs, () => undefined).catch(() => {});
    for (const stop of stops) stop();
  }

  get #current(): Version | undefined {
    const generation = currentOf(this.#swapper);
    return generation && this.#versionIn(generation);
  }

  #versionIn({ versions }: Generation): Version | undefined {
    const key = keyOf(this.plugin);
    return versions.find(({ plugin, definition }) => keyOf(plugin) === key && definition.offers('http'));
  }

  /** Gives new connections to the threads of the current generation alone. */
  #connect(): void {
    if (this.#swapper.ending.aborted) return;
    const version = this.#current;
    if (!version || version.state.kind === 'failed') return this.#disconnect(version);
    this.#version = version;
    // Connections that come while the version hands over wait here, for the version that takes them.
    if (version.outsideWork.isGated) return this.switchboard.switchTo([]);
    this.#use(version);
    // The replacement of a dead thread is added when it is up; if it fails to come up, another one follows.
    this.#openAll(version).then(
      () => {
        if (this.#isConnected(version)) this.#use(version);
      },
      () => {},
    );
  }

  /** Resolves when a version whose gate closes has begun, or given back, what was on its way to it. */
  async #onGate(version: Version): Promise<void> {
    this.#connect();
    if (version.outsideWork.isGated)
      await Promise.all(this.#servingOf(version).map(({ fence }) => fence.set()));
  }

  #isConnected(version: Version): boolean {
    return this.#version === version && !version.outsideWork.isGated && !this.#swapper.ending.aborted;
  }

  #disconnect(version: Version | undefined): void {
    this.switchboard.refuse(unavailable(this.plugin, version));
    if (version) void this.#seeOff(version);
    else void this.webSockets.close(1012, 'The service has gone.');
  }

  /** Closes the sockets of a version that is given up, unless another one takes its place: nobody would run their hooks. */
  async #seeOff(version: Version): Promise<void> {
    // The rollback is requested after the event that a version was given up.
    await Promise.resolve();
    await this.#swapper.changesSettled();
    const isGone = this.#swapper.ending.aborted || this.#current !== version;
    if (!isGone && version.state.kind === 'failed') void this.webSockets.close(1013, 'Try again later.');
  }

  #use(version: Version): void {
    const serving = this.#takingOf(version);
    this.switchboard.switchTo(serving.map(({ tunnel }) => tunnel));
    if (serving.length > 0 && !serving[0]?.hooks) void this.webSockets.close(1012, 'The service has gone.');
    this.webSockets.resume();
  }

  /** Chooses a runner as `ChooseRunner` says: the load of a thread is its connections, and the peers that are with it. */
  #runner(last: Tunnel | undefined, loads: ThreadLoads): HookRunner | undefined {
    const version = this.#version;
    if (!version || version.outsideWork.isGated) return undefined;
    const taking = this.#takingOf(version);
    const loadOf = ({ tunnel }: ServingTunnel): number => tunnel.size + loads.of(tunnel);
    let runner = taking.find(({ tunnel }) => tunnel === last);
    if (!runner) for (const one of taking) if (!runner || loadOf(one) < loadOf(runner)) runner = one;
    if (!runner) return undefined;
    // An app without WebSockets handles no events: its peers can be forgotten.
    const { tunnel, thread, hooks = new Set() } = runner;
    return { tunnel, hooks, begin: (name) => version.outsideWork.begin(name, thread.name.thread) };
  }

  /** Prepares a version to take over at once. */
  async #prepare(version: Version | undefined): Promise<void> {
    if (!version) return;
    await this.#openAll(version);
    const { warm } = this.#settings;
    // A version that is carried over is warm already.
    if (!warm || version === this.#version) return;
    await Promise.all(this.#servingOf(version).map((serving) => warmUp(serving, warm)));
  }

  /**
   * Returns the tunnels that take new connections. Those of leaving threads do so only while there are no others, and only where
   * two threads may run at a time.
   */
  #takingOf(version: Version): ServingTunnel[] {
    const serving = this.#servingOf(version);
    const staying = serving.filter(({ thread }) => version.group.serves(thread));
    return staying.length > 0 || version.exclusive ? staying : serving;
  }

  #servingOf({ threads }: Version): ServingTunnel[] {
    return threads.map((thread) => this.#serving.get(thread)).filter((tunnel) => tunnel !== undefined);
  }

  async #openAll(version: Version | undefined): Promise<void> {
    if (version && !this.#gated.has(version)) {
      this.#gated.add(version);
      version.outsideWork.onGate(() => this.#onGate(version));
    }
    // A thread that comes up to replace another one is opened once it has taken that one's place.
    const threads = version?.group.established.filter(({ death }) => !death) ?? [];
    await Promise.all(
      threads.map((thread) =>
        this.#open(version as Version, thread).catch((error: unknown) => {
          // A thread that dies meanwhile is replaced, unless its generation is refused because of that.
          if (!thread.death) throw error;
        }),
      ),
    );
  }

  #open(version: Version, thread: ThreadHandle): Promise<void> {
    const begun = this.#opening.get(thread);
    if (begun) return begun;
    const opening = openTunnel(version, thread, this.#settings.thread, {
      onWebSocket: (tunnel, note) => this.webSockets.read(tunnel, note),
      onLost: (tunnel, cause) => {
        this.#serving.delete(thread);
        this.switchboard.remove(tunnel);
        this.webSockets.lost(tunnel, cause);
      },
    }).then((serving) => void this.#serving.set(thread, serving));
    this.#opening.set(thread, opening);
    return opening;
  }
}

/** Matches the beginning of a request that may change something. */
const unsafe = /(?<![A-Z-])(?!GET |HEAD )[A-Z-]+ +\S+ +HTTP\//;

/** Returns whether requests change nothing, as far as they have come. */
function isSafe(bytes: string): boolean {
  return /^(?:GET|HEAD) /.test(bytes) && !unsafe.test(bytes);
}

/** Returns the loaded generation, if there is one. */
function currentOf(swapper: Swapper): Generation | undefined {
  try {
    return swapper.current;
  } catch {
    return undefined;
  }
}

function unavailable(plugin: string, version: Version | undefined): LiveswapError {
  if (version?.state.kind === 'failed') return version.state.error;
  return new LiveswapError('PLUGIN_MISSING', `No plugin ${plugin} with http is loaded.`, { plugin });
}
