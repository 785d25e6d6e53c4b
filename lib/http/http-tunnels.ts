import { LiveswapError } from '../core/errors.js';
import { Switchboard } from '../sockets/host/switchboard.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import type { Generation } from '../swap/generation.js';
import type { Swapper } from '../swap/swapper.js';
import { offerService } from '../thread/services.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import { openTunnel } from './open-tunnel.js';
import type { ThreadHttpOptions } from './thread-options.js';

/**
 * The tunnels to the threads of one plugin that serves HTTP. Those of the current generation take what comes; those of the next
 * one are up before it is made current, or it is not.
 */
export class HttpTunnels {
  readonly plugin: string;
  readonly switchboard = new Switchboard();
  readonly #swapper: Swapper;
  readonly #options: ThreadHttpOptions;
  readonly #opening = new WeakMap<ThreadHandle, Promise<void>>();
  readonly #gated = new WeakSet<Version>();
  readonly #tunnels = new Map<ThreadHandle, Tunnel>();
  readonly #stops: (() => void)[];

  /** Serves as soon as the plugin is loaded; {@link openCurrent} waits for it. */
  constructor(swapper: Swapper, plugin: string, options: ThreadHttpOptions) {
    // Plugins that are linked statically serve in this thread.
    offerService('http', async () => (await import('./thread/open-http.js')).openHttp);
    this.plugin = plugin;
    this.#swapper = swapper;
    this.#options = options;
    this.#stops = [
      swapper.addGate((next) => this.#openAll(this.#versionIn(next))),
      swapper.on('reloaded', () => this.#connect()),
      swapper.on('threadReplaced', () => this.#connect()),
      swapper.on('versionFailed', () => this.#connect()),
    ];
    swapper.ending.addEventListener('abort', () => this.stop(), { once: true });
  }

  /** Opens those of the current generation, if there is one. @throws LiveswapError `HOOK_FAILED` */
  async openCurrent(): Promise<void> {
    const version = this.#current;
    try {
      await this.#openAll(version);
    } finally {
      this.#connect();
    }
  }

  /** Takes nothing any more; what is open comes to its end. */
  stop(): void {
    for (const stop of this.#stops) stop();
    this.switchboard.close();
  }

  /** Cuts what is open. */
  cut(cause: unknown): void {
    for (const tunnel of this.#tunnels.values()) tunnel.lose(cause);
  }

  get #current(): Version | undefined {
    const generation = currentOf(this.#swapper);
    return generation && this.#versionIn(generation);
  }

  #versionIn({ versions }: Generation): Version | undefined {
    const key = this.plugin.toLowerCase();
    return versions.find(({ plugin, offers }) => plugin.toLowerCase() === key && offers.includes('http'));
  }

  /** Lets the threads of the current generation take what comes, and no others. */
  #connect(): void {
    if (this.#swapper.ending.aborted) return;
    const version = this.#current;
    if (!version || version.state.kind === 'failed')
      return this.switchboard.refuse(unavailable(this.plugin, version));
    // What comes while the version hands over waits here, for whichever takes it.
    if (version.outsideWork.isGated) return this.switchboard.switchTo([]);
    this.switchboard.switchTo(this.#openOf(version));
    // A thread that takes the place of a dead one comes when it is up; if it does not come up, another one will.
    this.#openAll(version).then(
      () => this.#reconnect(version),
      () => {},
    );
  }

  #reconnect(version: Version): void {
    if (!this.#swapper.ending.aborted && this.#current === version)
      for (const tunnel of this.#openOf(version)) this.switchboard.add(tunnel);
  }

  #openOf({ threads }: Version): Tunnel[] {
    return threads.map((thread) => this.#tunnels.get(thread)).filter((tunnel) => tunnel !== undefined);
  }

  async #openAll(version: Version | undefined): Promise<void> {
    if (version && !this.#gated.has(version)) {
      this.#gated.add(version);
      version.outsideWork.onGate(() => this.#connect());
    }
    const threads = version?.threads.filter(({ death }) => !death) ?? [];
    await Promise.all(threads.map((thread) => this.#open(version as Version, thread)));
  }

  #open(version: Version, thread: ThreadHandle): Promise<void> {
    const begun = this.#opening.get(thread);
    if (begun) return begun;
    const opening = openTunnel(version, thread, this.#options, (tunnel) => {
      this.#tunnels.delete(thread);
      this.switchboard.remove(tunnel);
    }).then((tunnel) => void this.#tunnels.set(thread, tunnel));
    this.#opening.set(thread, opening);
    return opening;
  }
}

/** What is loaded, if anything is. */
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
