import { LiveswapError } from '../core/errors.js';
import type { Balancer } from './balancer.js';
import type { Call } from './call.js';
import type { CallRequest } from './call-request.js';

/** The target of a name in one generation. */
export interface Route {
  readonly balancer: Balancer;
  /** Makes a call of this name, without sending it yet. Only this version may answer a `pinned` call. */
  prepare(request: CallRequest, pinned: boolean): Call;
}

/** All the names of one generation. */
export interface RouteTable {
  /** @throws LiveswapError when nothing has this name */
  resolve(scope: number, name: string): Route;
}

/** Routes calls to the newest version, unless they are pinned to another. */
export class Dispatcher {
  readonly #current: () => RouteTable | undefined;
  readonly #called: Set<string> | undefined;

  /**
   * `current` reads the newest table; a single assignment elsewhere makes a table current. Every name that resolves is added to
   * `called`.
   */
  constructor(current: () => RouteTable | undefined, called?: Set<string>) {
    this.#current = current;
    this.#called = called;
  }

  /** Sends a call to the version that has its name, in the table to which it is `pinned`, or in the newest one. */
  call(request: CallRequest, pinned?: RouteTable): Promise<unknown> {
    const route = this.#resolve(request.scope, request.name, pinned);
    this.#called?.add(request.name);
    const call = route.prepare(request, pinned !== undefined);
    route.balancer.dispatch(call);
    return call.promise;
  }

  /** Sends a call that waited for an older version. @throws LiveswapError when nothing has its name any more */
  readonly redispatch = (call: Call): void => {
    this.#resolve(call.scope, call.name, undefined).balancer.dispatch(call);
  };

  #resolve(scope: number, name: string, pinned: RouteTable | undefined): Route {
    const table = pinned ?? this.#current();
    if (!table) {
      const message = `Cannot call ${name}: nothing is loaded; await swapper.load() first.`;
      throw new LiveswapError('NOT_LOADED', message, { call: name });
    }
    return table.resolve(scope, name);
  }
}
