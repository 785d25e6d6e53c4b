import type { MessagePort } from 'node:worker_threads';
import type { Carrier } from '../core/carrier.js';
import type { TracedResponse } from '../core/tracing.js';
import type { Logger } from '../core/logger.js';
import type { CallLimits } from '../dispatch/balancer-options.js';
import type { IncomingCall } from '../link/incoming-call.js';
import type { LiveDataWire } from '../live-data/live-data.js';
import type { PluginDefinition } from '../plugin/definition.js';

/** The environment of a service in its thread. */
export interface ServiceHost {
  readonly plugin: string;
  /** Eight hexadecimal digits of the artifact's hash. */
  readonly version: string;
  readonly definition: PluginDefinition;
  /** True when only one version of the plugin runs at a time. */
  readonly exclusive: boolean;
  readonly log: Logger;
  /** Limits for the calls to one thread. */
  readonly limits: CallLimits;
  /** Counts work as pending until the returned function is called. */
  hold(): () => void;
  /** Like {@link hold}, for work of that name that a yielding version has to wait for. */
  holdRunning(name: string): () => void;
  waitUntil(promise: Promise<unknown>): void;
  /**
   * Tells that the service has evaluated the code of the version.
   * @throws LiveswapError `OPTION_INVALID` for what cannot be kept
   */
  readonly evaluated: () => void;
  /** Writes data in a form that another version can read. @throws LiveswapError `LIVE_DATA_INVALID` */
  wrap(value: unknown): LiveDataWire;
  /** Reads such data; live types become this version's classes. @throws LiveswapError `LIVE_DATA_MISMATCH` */
  unwrap(wire: LiveDataWire): unknown;
  /** Runs `work` with `call` as its `context.call`. This counts like a call: a yielding version waits until it settles. */
  run<Result>(call: IncomingCall, work: () => Result, carrier?: Carrier): Result;
  /** Like {@link run}, for a request that the service counts itself. Its trace ends with `response`. */
  answer<Result>(
    call: IncomingCall,
    work: () => Result,
    carrier: Carrier | undefined,
    response: TracedResponse,
  ): Result;
}

/** A task of a thread besides answering calls, until its version is freed. */
export interface Service {
  /** Receives a message from plugin code. */
  tell?(message: unknown): void;
  close(): unknown;
  /** Called before `close` when the thread dies of an error that nobody caught. */
  died?(): void;
  /** Called when the host has let go of the thread. */
  left?(): void;
}

/** Opens a service; its counterpart in the host has the other end of `port`. */
export type OpenService = (port: MessagePort, options: unknown, host: ServiceHost) => Promise<Service>;

const services = new Map<string, () => Promise<OpenService>>();

/** Offers a service to every version in this thread; `load` is called when the service is requested. */
export function offerService(name: string, load: () => Promise<OpenService>): void {
  services.set(name, load);
}

/** The services that are open in one thread. */
export class OpenServices {
  readonly #open: { readonly name: string; readonly service: Service }[] = [];
  readonly #closed: Service[] = [];

  async open(name: string, port: MessagePort, options: unknown, host: ServiceHost): Promise<void> {
    const load = services.get(name);
    if (!load) throw new Error(`Nobody offers the service ${name} here.`);
    const begin = await load();
    this.#open.push({ name, service: await begin(port, options, host) });
  }

  /** Sends a message to the services of that name, if there are any. */
  tell(name: string, message: unknown): void {
    for (const one of this.#open) if (one.name === name) one.service.tell?.(message);
  }

  /** Closes the open services, the last one first. */
  async close(): Promise<void> {
    for (let last = this.#open.pop(); last; last = this.#open.pop()) {
      this.#closed.push(last.service);
      await last.service.close();
    }
  }

  /** Tells the open services that the thread dies of an error that nobody caught. */
  died(): void {
    for (const { service } of this.#open) service.died?.();
  }

  /** Tells the closed services that the host has let go of the thread. */
  left(): void {
    for (const service of this.#closed) service.left?.();
  }
}
