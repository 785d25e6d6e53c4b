import type { SymbolKind } from '../contract/breaks.js';
import { Takeover } from '../contract/takeover.js';
import { Scope } from '../link/protocol.js';
import type { Version } from '../version/version.js';
import type { Generation } from './generation.js';

/** What a call in each scope names. */
const kinds: Readonly<Record<number, SymbolKind>> = {
  [Scope.live]: 'live function',
  [Scope.run]: 'live type',
};

/** Which calls that were made for one generation the next one can take. */
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

  /** Names of live functions and live types that the later generation cannot be asked for. */
  get lost(): ReadonlySet<string> {
    const lost = this.#takeover.breaks.filter(({ what }) => what === 'live function' || what === 'live type');
    return new Set(lost.map(({ symbol }) => symbol));
  }

  /** Has what `version` was given, and the later generation cannot take, answered by that version: it is kept for it. */
  pinTo(version: Version): void {
    const { waiting, connections } = version.balancer;
    for (const call of [...waiting, ...connections.flatMap((connection) => [...connection.calls])]) {
      // Live data is revived by the newest code, or rejects with all that is in it.
      if (call.scope === Scope.live && !call.pinned && !this.takes(call)) call.pin();
    }
  }
}
