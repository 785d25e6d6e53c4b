import type { SymbolKind } from '../contract/breaks.js';
import { Takeover } from '../contract/takeover.js';
import { Scope } from '../link/protocol.js';
import type { Version } from '../version/version.js';
import type { Generation } from './generation.js';

/** Kind of symbol that a call names, by scope. */
const kinds: Readonly<Record<number, SymbolKind>> = {
  [Scope.live]: 'live function',
  [Scope.run]: 'live type',
};

/** Decides which calls made for one generation the next one can take. */
export class CallTakeover {
  readonly #takeover: Takeover;

  constructor(before: Generation, after: Generation) {
    const manifestsOf = ({ versions }: Generation) => versions.map(({ artifact }) => artifact.manifest);
    this.#takeover = new Takeover(manifestsOf(before), manifestsOf(after));
  }

  takes({ scope, name }: { readonly scope: number; readonly name: string }): boolean {
    const what = kinds[scope];
    return what === undefined || this.#takeover.takes(what, name);
  }

  /** Names of live functions and live types that the later generation does not offer compatibly. */
  get lost(): ReadonlySet<string> {
    const lost = this.#takeover.breaks.filter(({ what }) => what === 'live function' || what === 'live type');
    return new Set(lost.map(({ symbol }) => symbol));
  }

  /** Pins to `version` the calls it has already received that the later generation cannot take; it is kept to answer them. */
  pinTo(version: Version): void {
    const { waiting, connections } = version.balancer;
    for (const call of [...waiting, ...connections.flatMap((connection) => [...connection.calls])]) {
      // The newest code revives live data, or rejects with the complete data.
      if (call.scope === Scope.live && !call.pinned && !this.takes(call)) call.pin();
    }
  }
}
