import type { AnyFunction, PluginDefinition } from './definition.js';
import type { LiveClass } from '../live-data/live-data.js';
import type { PluginHost } from './host-binding.js';
import type { KeptRoots } from './kept-roots.js';
import type { Resources } from './resources.js';
import type { Takers } from './takers.js';
import type { Ticker } from './ticker.js';

/** Exports of an artifact's generated entry: `<name>.plugin.mjs` as a module. */
export interface ArtifactModule {
  /** The default export of the root module. */
  readonly plugin: PluginDefinition;
  /** Every export of the root module, for `lookup`. */
  readonly symbols: Readonly<Record<string, unknown>>;
  readonly liveFunctions: Readonly<Record<string, AnyFunction>>;
  readonly liveTypes: Readonly<Record<string, LiveClass>>;
  /** Resources that its modules have declared; older artifacts have none. */
  readonly resources?: Pick<Resources, 'count' | 'open' | 'closeWork' | 'close'> &
    Partial<Pick<Resources, 'underWay'>>;
  /** Runs declared by `every`; older artifacts do not have this. */
  readonly ticker?: Pick<Ticker, 'count' | 'start' | 'stop'> & Partial<Pick<Ticker, 'renew' | 'whenIdle'>>;
  /** Takers of work known to adapters; those of older artifacts cannot be held. */
  readonly takers?: Pick<Takers, 'isExpected' | 'start' | 'pause' | 'end'> &
    Partial<Pick<Takers, 'hold' | 'letGo'>>;
  /** State that is kept through releases. */
  readonly keptRoots?: Pick<KeptRoots, 'roots' | 'registered'> & Partial<Pick<KeptRoots, 'complete'>>;
  /** The constants and classes that kept state may refer to, by `file#NAME`. */
  readonly ownSymbols?: () => ReadonlyMap<string, unknown>;
  /** True when a service evaluates its code and reports when that is done: only then is its kept state known. */
  readonly isEvaluatedLater?: boolean;
  /** Ties the artifact's own `context` to the thread that runs it. */
  bind(host: PluginHost): void;
}
