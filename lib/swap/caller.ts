import { pinned } from '../core/chain.js';
import type { CallOptions, CallRequest } from '../dispatch/call-request.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import { chainForPlugin } from '../dispatch/plugin-work.js';
import { Scope } from '../link/protocol.js';
import type { LiveDataWire } from '../live-data/live-data.js';
import type { LiveHandled } from '../live-data/live-names.js';
import { liveTable } from '../plugin/live-table.js';
import { typedCall, type LiveCall, type LiveTable } from '../plugin/live-call.js';
import { checkCarrier } from '../core/carrier.js';
import { checkName } from '../core/check-name.js';
import { watchArguments } from '../core/node-stream.js';
import { checkOptions, duration, isObject, type Check } from '../core/check-options.js';
import { chainHere, type MakeCarrier } from '../dispatch/host-carrier.js';
import { addCallerStack } from './caller-stack.js';
import type { Generation } from './generation.js';
import { jobOf, keepingData } from './job.js';

const checks: Readonly<Record<keyof CallOptions, Check>> = {
  signal: ['an AbortSignal', (value) => value instanceof AbortSignal],
  timeoutMs: duration,
  transfer: ['a list of objects to move', Array.isArray],
  carrier: ['an object of strings', isObject],
};

/** Dependencies of a Caller. */
export interface CallerDeps {
  readonly dispatcher: Dispatcher;
  readonly carrier: MakeCarrier | undefined;
  /** Returns the generation that calls stay in; without it, they go to the newest. */
  readonly pinned?: () => Generation | undefined;
  /** Receives, of each call that is made, a promise that settles as that of its caller does. */
  readonly during?: CallRequest['during'];
}

/** Calls live functions with fixed options; returned by `swapper.with()` and used by the swapper itself. */
export class Caller {
  readonly #deps: CallerDeps;
  readonly #options: CallOptions | undefined;
  #live: ReturnType<typeof liveTable> | undefined;

  /** @internal */
  constructor(deps: CallerDeps, options?: CallOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Returns a caller with other options; these override the existing ones. @throws LiveswapError `OPTION_INVALID` */
  with(options: CallOptions): Caller {
    checkOptions(options, checks);
    if (options.carrier !== undefined) checkCarrier(options.carrier);
    return new Caller(this.#deps, { ...this.#options, ...options });
  }

  /**
   * @internal Returns the same caller for the generation that `pinned` returns, or for the newest while it returns none; `during`
   * is told of each call.
   */
  pinnedTo(pinned: () => Generation | undefined, during?: CallerDeps['during']): Caller {
    return new Caller({ ...this.#deps, pinned, ...(during && { during }) }, this.#options);
  }

  /** Calls a live function. */
  readonly call: LiveCall = typedCall((name, args) => this.#call(name, args));

  /**
   * Revives live data as its newest class, in the plugin that owns the type now, and runs its `handle()`.
   * @throws LiveswapError `TYPE_UNKNOWN`, `HANDLE_MISSING`, `LIVE_DATA_MISMATCH`, all with the `data`; `LIVE_DATA_INVALID`
   */
  async run<Type extends string = string>(data: LiveDataWire<Type> | string): Promise<LiveHandled<Type>> {
    try {
      const job = jobOf(data);
      const handled = await keepingData(job, () => this.#dispatch(Scope.run, job.type, [job]));
      return handled as LiveHandled<Type>;
    } catch (error) {
      throw addCallerStack(error);
    }
  }

  /** Returns live functions as methods, typed by `live.d.ts`, or by `Live`. */
  live<Live extends object = LiveTable>(): Live {
    this.#live ??= liveTable((name, args) => this.#call(name, args));
    return this.#live<Live>();
  }

  /** Returns the call's own promise, because an async function around each call costs more than all else that is done here. */
  #call(name: string, args: readonly unknown[]): Promise<unknown> {
    try {
      return this.#dispatch(Scope.live, name, args, addCallerStack);
    } catch (error) {
      return Promise.reject(addCallerStack(error));
    }
  }

  #dispatch(
    scope: Scope,
    name: string,
    args: readonly unknown[],
    explain?: CallRequest['explain'],
  ): Promise<unknown> {
    watchArguments(args);
    checkName(name);
    const { dispatcher, pinned: pin, carrier: make, during } = this.#deps;
    const options = this.#options;
    const table = pin?.();
    const chain = chainHere(make, options?.carrier, table && pinned(chainForPlugin(), table.id));
    return dispatcher.call({ scope, name, args, options, chain, explain, during }, table);
  }
}
