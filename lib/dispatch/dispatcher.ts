import type { Chain } from '../core/chain.js';
import { LiveswapError } from '../core/errors.js';
import type { Call, CallOptions } from './call.js';
import type { LaneSet } from './lane-set.js';

/** Where a name leads in one generation. */
export interface Route {
  readonly lanes: LaneSet;
  /** Makes a call of this name; it is not sent yet. */
  prepare(scope: number, name: string, args: readonly unknown[], options?: CallOptions): Call;
}

/** All the names of one generation. */
export interface RouteTable {
  /** @throws LiveswapError when nothing has this name */
  resolve(scope: number, name: string): Route;
}

/** Routes calls to the newest version, unless they are pinned to another. */
export class Dispatcher {
  readonly #current: () => RouteTable | undefined;

  /** `current` reads the newest table: what makes a table current is one assignment, elsewhere. */
  constructor(current: () => RouteTable | undefined) {
    this.#current = current;
  }

  /** Sends a call to the version that `pinned`, or else the current table, has for its name. One with a `chain` comes from a plugin. */
  call(
    scope: number,
    name: string,
    args: readonly unknown[],
    options?: CallOptions,
    pinned?: RouteTable,
    chain?: Chain,
  ): Promise<unknown> {
    const route = this.#resolve(scope, name, pinned);
    const call = route.prepare(scope, name, args, options);
    if (chain) {
      call.nested = true;
      call.chain = chain;
    }
    route.lanes.dispatch(call, pinned !== undefined);
    return call.promise;
  }

  /** Sends a call that waited for an older version. */
  readonly redispatch = (call: Call): void => {
    try {
      this.#resolve(call.scope, call.name, undefined).lanes.dispatch(call);
    } catch (error) {
      call.fail(error);
    }
  };

  #resolve(scope: number, name: string, pinned: RouteTable | undefined): Route {
    const table = pinned ?? this.#current();
    if (!table) {
      throw new LiveswapError(
        'NOT_LOADED',
        `Cannot call ${name}: nothing is loaded; await swapper.load() first.`,
        {
          call: name,
        },
      );
    }
    return table.resolve(scope, name);
  }
}
