import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { SwapEvent, SwapMessage } from '../../lib/index.js';
import { sharedNow } from './helper-process.js';

/** The life of one version of the plugin; times are on the shared clock. */
export interface VersionLife {
  readonly version: number;
  readonly liveAt: number;
  /** Milliseconds as the swapper measured them: all of it, starting threads, the switch itself. */
  readonly ms: { readonly total: number; readonly start: number; readonly switch: number };
  /** Time when the next version took over. */
  replacedAt?: number;
  /** Time when the last thread of the version was gone. */
  retiredAt?: number;
}

/** Records the events of the swapper. */
export class Chronicle {
  readonly lives: VersionLife[] = [];
  readonly #byHash = new Map<string, VersionLife>();
  #newest = '';
  #onRetired = (): void => {};

  readonly #listen = (message: unknown): void => this.#note((message as SwapMessage).event);

  constructor() {
    subscribe('liveswap', this.#listen);
  }

  /** True when every version but the newest has left, threads and all. */
  get allRetired(): boolean {
    return this.lives.slice(0, -1).every((life) => life.retiredAt !== undefined);
  }

  /** Resolves when every version but the newest has left, or after `ms`. */
  async whenAllRetired(ms: number): Promise<void> {
    if (this.allRetired) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#onRetired = () => {
        if (!this.allRetired) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close(): void {
    unsubscribe('liveswap', this.#listen);
  }

  #note(event: SwapEvent): void {
    if (event.type === 'version' && event.state === 'active') this.#newest = event.version;
    if (event.type === 'version' && event.state === 'retired') {
      const life = this.#byHash.get(event.version);
      if (life) life.retiredAt = sharedNow();
      this.#onRetired();
    }
    if (event.type === 'reloaded') {
      const liveAt = sharedNow();
      const previous = this.lives.at(-1);
      if (previous) previous.replacedAt = liveAt;
      const life: VersionLife = { version: this.lives.length + 1, liveAt, ms: event.ms };
      this.lives.push(life);
      this.#byHash.set(this.#newest, life);
    }
  }
}
