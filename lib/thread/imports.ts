import type { MessagePort } from 'node:worker_threads';
import type { Chain } from '../core/chain.js';
import { watchArguments } from '../core/node-stream.js';
import { LiveswapError } from '../core/errors.js';
import { Call } from '../dispatch/call.js';
import { Balancer } from '../dispatch/balancer.js';
import type { CallLimits } from '../dispatch/balancer-options.js';
import { copyArguments } from '../link/copy-arguments.js';
import type { AskCallback } from '../link/callback.js';
import { Link, type LinkOptions } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import { SILENT_DEATH_MS } from '../link/silent-death.js';
import { keyOf } from '../core/plugin-key.js';
import { setTimeout } from '../core/timers.js';
import { homeFinder, type Homes } from '../surface/homes.js';
import { Gauge } from '../pool/gauge.js';

/** An imported plugin: its name as written, and its linked threads. */
interface Import {
  readonly plugin: string;
  readonly balancer: Balancer;
  /** Keyed by thread id: during a replacement, two threads have the same index. */
  readonly threads: Map<number, ImportedThread>;
}

/** The direct link to one thread. */
interface ImportedThread {
  /** Lets the thread take every call from now on. */
  widen(): void;
  /** Gives the thread no more calls. */
  leave(): void;
  /** Rejects the calls that are pending on the thread with `cause`. */
  cut(cause: unknown): void;
}

/** Options that every link of a thread shares. */
export type ImportPeer = Required<
  Pick<LinkOptions, 'chain' | 'enter' | 'hold' | 'isVoidCallback' | 'liveData' | 'onUntaken'>
> & {
  /** Calls a call-back of the plugin, or host, at the other end of a link. */
  readonly askCallbackOf: (owner: string) => AskCallback;
};

/** The direct links of a thread to the threads of the plugins it imports; calls are spread over them. */
export class Imports {
  readonly #importer: string;
  readonly #limits: CallLimits;
  readonly #peer: ImportPeer;
  readonly #gauge: Int32Array;
  readonly #byPlugin = new Map<string, Import>();

  /** `gauge` keeps the number of calls without an answer. */
  constructor(importer: string, limits: CallLimits, peer: ImportPeer, gauge: Int32Array) {
    this.#importer = importer;
    this.#limits = limits;
    this.#peer = peer;
    this.#gauge = gauge;
  }

  /**
   * Makes `plugin` callable. Calls wait until a thread of the plugin is bound; those with one of `homes` wait for that thread.
   */
  open(plugin: string, homes: Homes | undefined): void {
    const onSettled = (): void => void Atomics.sub(this.#gauge, Gauge.asking, 1);
    const homeOf = homes && homeFinder(homes);
    const balancer = new Balancer({ plugin, ...this.#limits, copyArguments, homeOf, onSettled });
    this.#byPlugin.set(keyOf(plugin), { plugin, balancer, threads: new Map() });
  }

  /** Refuses the calls of `plugin` from now on. */
  refuse(plugin: string, error: LiveswapError): void {
    this.#byPlugin.get(keyOf(plugin))?.balancer.refuse(error);
  }

  /** Takes the calls of `plugin` again after {@link refuse}. */
  readmit(plugin: string): void {
    this.#byPlugin.get(keyOf(plugin))?.balancer.readmit();
  }

  /** Gives thread `id` of `plugin` no more calls; pending calls go on. */
  leaves(plugin: string, id: number): void {
    this.#byPlugin.get(keyOf(plugin))?.threads.get(id)?.leave();
  }

  /** Rejects the calls that are pending on thread `id` of `plugin` with `error`. */
  died(plugin: string, id: number, error: LiveswapError): void {
    this.#byPlugin.get(keyOf(plugin))?.threads.get(id)?.cut(error);
  }

  /** Lets thread `id` of `plugin`, which has come up, take every call. */
  isUp(plugin: string, id: number): void {
    this.#byPlugin.get(keyOf(plugin))?.threads.get(id)?.widen();
  }

  /**
   * Binds thread `id` of `plugin`, its `index`th; while it comes up, it only takes calls whose chain has the tag `only`. Returns
   * false when the plugin has not been opened yet.
   */
  bind(plugin: string, id: number, index: number, port: MessagePort, only: string | undefined): boolean {
    const bound = this.#byPlugin.get(keyOf(plugin));
    if (!bound) {
      port.close();
      return false;
    }
    const known = bound.threads.get(id);
    if (known) {
      port.close();
      if (only === undefined) known.widen();
      return true;
    }
    const leave = (): void => bound.balancer.remove(connection);
    const cut = (cause: unknown): void => {
      leave();
      bound.threads.delete(id);
      link.close(cause);
    };
    const link = new Link(port, {
      channels: 'even',
      ...this.#peer,
      askCallback: this.#peer.askCallbackOf(plugin),
      answer: (_scope, name) => {
        const message = `${this.#importer} answers no ${name} on a link to ${plugin}.`;
        throw new LiveswapError('FUNCTION_UNKNOWN', message, { call: name });
      },
      onLost: () => {
        // The thread takes no more calls. The host knows why it died, and usually reports that at once.
        leave();
        setTimeout(() => cut(threadGone(plugin, index)), SILENT_DEATH_MS).unref();
      },
    });
    const widen = (): void => bound.balancer.widen(connection);
    bound.threads.set(id, { widen, leave, cut });
    const admits = only === undefined ? undefined : ({ chain }: Call) => chain.includes(only);
    const connection = bound.balancer.add(index, link, admits);
    return true;
  }

  /**
   * Calls a method of an imported plugin.
   *
   * @throws LiveswapError `NOT_LOADED` before the imports are bound, or when the plugin is not one of them
   */
  call(plugin: string, method: string, args: readonly unknown[], chain: Chain): Promise<unknown> {
    watchArguments(args);
    const bound = this.#byPlugin.get(keyOf(plugin));
    if (!bound) {
      throw new LiveswapError(
        'NOT_LOADED',
        `Cannot call ${plugin}.${method}() from ${this.#importer}: imports are bound after \`exports\` and before \`onLoad\`, and only those that the build found.`,
        { plugin: this.#importer, dependency: plugin, method },
      );
    }
    const call = new Call({ scope: Scope.export, name: method, args, nested: true, chain });
    Atomics.add(this.#gauge, Gauge.asking, 1);
    bound.balancer.dispatch(call);
    return call.promise;
  }

  /** Rejects pending, waiting and future calls with `cause`. */
  close(cause: LiveswapError): void {
    for (const { balancer, threads } of this.#byPlugin.values()) {
      balancer.refuse(cause);
      for (const thread of threads.values()) thread.cut(cause);
    }
  }
}

function threadGone(plugin: string, thread: number): LiveswapError {
  const message = `Thread ${thread} of ${plugin} died with the call pending.`;
  return new LiveswapError('THREAD_CRASHED', message, { plugin, thread });
}
