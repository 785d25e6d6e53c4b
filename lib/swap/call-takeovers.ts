import type { SymbolKind } from '../contract/breaks.js';
import { Takeover } from '../contract/takeover.js';
import type { Call } from '../dispatch/call.js';
import { Scope } from '../link/protocol.js';
import type { Version } from '../version/version.js';
import type { ReleaseFacts } from './baselines.js';

/** Kind of symbol that a call names, by scope. */
const kinds: Readonly<Record<number, SymbolKind>> = {
  [Scope.live]: 'live function',
  [Scope.run]: 'live type',
};

/** Decides which calls that were made for earlier releases a release can take. */
export class CallTakeovers {
  readonly #next: ReleaseFacts;
  readonly #from = new Map<ReleaseFacts, Takeover>();

  constructor(next: ReleaseFacts) {
    this.#next = next;
  }

  /** Returns true when the release can take a call that was made for `made`. */
  takes({ scope, name }: Pick<Call, 'scope' | 'name'>, made: ReleaseFacts): boolean {
    const what = kinds[scope];
    return what === undefined || this.#takeoverFrom(made).takes(what, name);
  }

  /** Returns the names of live functions and live types of `made` that the release does not offer compatibly. */
  lostSince(made: ReleaseFacts): ReadonlySet<string> {
    const { breaks } = this.#takeoverFrom(made);
    const live = breaks.filter(({ what }) => what === 'live function' || what === 'live type');
    return new Set(live.map(({ symbol }) => symbol));
  }

  #takeoverFrom(made: ReleaseFacts): Takeover {
    const takeover = this.#from.get(made) ?? new Takeover(made, this.#next);
    this.#from.set(made, takeover);
    return takeover;
  }
}

/** Keeps calls from code that cannot take them, however many releases pass while they wait. */
export class UnansweredCalls {
  /** The release that a call was made for, once it has gone on to a later one. */
  readonly #madeFor = new WeakMap<Call, ReleaseFacts>();

  /** Pins those calls to the replaced `version` that the next release cannot take; the version is kept to answer them. */
  stayWith(version: Version, previous: ReleaseFacts, takeovers: CallTakeovers): void {
    const { waiting, connections } = version.balancer;
    for (const call of [...waiting, ...connections.flatMap((connection) => [...connection.calls])]) {
      // The newest code revives live data, or rejects with the complete data.
      if (call.scope !== Scope.live || call.pinned) continue;
      const made = this.#madeFor.get(call) ?? previous;
      if (takeovers.takes(call, made)) this.#madeFor.set(call, made);
      else call.pin();
    }
  }
}
