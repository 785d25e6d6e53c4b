import type { MessagePort } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import { Call } from '../dispatch/call.js';
import { LaneSet } from '../dispatch/lane-set.js';
import { Link, type LinkOptions } from '../link/link.js';
import { Scope } from '../link/protocol.js';

interface Import {
  readonly lanes: LaneSet;
  readonly links: Map<number, Link>;
}

/** What every link of a thread shares. */
export type ImportPeer = Required<Pick<LinkOptions, 'hold' | 'liveData'>>;

/** The direct links of a thread to the threads of the plugins it imports; calls are spread over them. */
export class Imports {
  readonly #importer: string;
  readonly #peer: ImportPeer;
  readonly #byPlugin = new Map<string, Import>();

  constructor(importer: string, peer: ImportPeer) {
    this.#importer = importer;
    this.#peer = peer;
  }

  /** Binds, or binds anew, thread `index` of `plugin`. */
  bind(plugin: string, index: number, port: MessagePort): void {
    const { lanes, links } = this.#of(plugin);
    const gone = new LiveswapError(
      'THREAD_CRASHED',
      `Thread ${index} of ${plugin} died with the call pending.`,
      {
        plugin,
        thread: index,
      },
    );
    const link = new Link(port, {
      channels: 'even',
      ...this.#peer,
      answer: () => {
        throw new LiveswapError(
          'FUNCTION_UNKNOWN',
          `${this.#importer} answers nothing on a link to ${plugin}.`,
        );
      },
      onLost: () => {
        lanes.remove(lane);
        if (links.get(index) === link) links.delete(index);
        link.close(gone);
      },
    });
    links.get(index)?.close(gone);
    links.set(index, link);
    const lane = lanes.add(index, link);
  }

  /** @throws LiveswapError `NOT_LOADED` before imports are bound, or when the plugin is none of them. */
  call(plugin: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const bound = this.#byPlugin.get(plugin.toLowerCase());
    if (!bound) {
      throw new LiveswapError(
        'NOT_LOADED',
        `Cannot call ${plugin}.${method}() from ${this.#importer}: imports are bound after \`exports\` and before \`onLoad\`, and only those that the build found.`,
        { plugin: this.#importer, dependency: plugin, method },
      );
    }
    const call = new Call(Scope.export, method, args, 0);
    bound.lanes.dispatch(call);
    return call.promise;
  }

  close(cause: unknown): void {
    for (const { links } of this.#byPlugin.values()) for (const link of links.values()) link.close(cause);
  }

  #of(plugin: string): Import {
    const key = plugin.toLowerCase();
    let found = this.#byPlugin.get(key);
    if (!found) {
      // Every caller is bounded already: these calls come from calls that the dispatcher admitted.
      found = {
        lanes: new LaneSet({ plugin, concurrency: Infinity, maxQueued: Infinity }),
        links: new Map(),
      };
      this.#byPlugin.set(key, found);
    }
    return found;
  }
}
