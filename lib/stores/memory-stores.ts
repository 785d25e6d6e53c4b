import { defineAdapter, type Adapter } from '../adapters/adapter.js';
import { boundHost } from '../plugin/host-binding.js';
import { takers, type Taker } from '../plugin/takers.js';
import { ExpressRateLimitStore } from './express-rate-limit-store.js';
import { fastifyRateLimitStore } from './fastify-rate-limit-store.js';
import { expressSessionStore, fastifySessionStore } from './session-stores.js';

type Callable = (...args: never[]) => unknown;
type Options = Readonly<Record<string, unknown>>;

/** Fate of the data that a package keeps in memory: stores take its place, or its loss is reported. */
export type MemoryStores = 'replaced' | 'lost';

/** Way to tell a package where to keep its data. */
export interface MemoryStore {
  readonly package: string;
  readonly versions: string;
  /** Names of the function that takes options, beside `default`. */
  readonly names: readonly string[];
  /** Index of the options among the arguments. */
  readonly at: 0 | 1;
  /** Description of the data, for people. */
  readonly what: string;
  /** The option in place of the memory store; `original` is the function that is exported. */
  readonly store: (original: unknown) => unknown;
  /** Returns whether the package keeps its data in memory with these options. */
  readonly isInMemory: (options: Options, original: unknown) => boolean;
}

/** The packages that keep sessions or counters in memory unless they are told otherwise. */
export const memoryStores: readonly MemoryStore[] = [
  {
    package: 'express-session',
    versions: '^1.17.0',
    names: [],
    at: 0,
    what: 'sessions',
    store: (original) => expressSessionStore(original as { Store: new () => object }),
    isInMemory: hasMemoryStore,
  },
  {
    package: '@fastify/session',
    versions: '>=10 <12',
    names: ['fastifySession'],
    at: 1,
    what: 'sessions',
    store: () => fastifySessionStore(),
    isInMemory: hasMemoryStore,
  },
  {
    package: 'express-rate-limit',
    versions: '>=7 <9',
    names: ['rateLimit'],
    at: 0,
    what: 'counters',
    store: () => new ExpressRateLimitStore(),
    isInMemory: hasMemoryStore,
  },
  {
    package: '@fastify/rate-limit',
    versions: '>=8 <12',
    names: ['fastifyRateLimit'],
    at: 1,
    what: 'counters',
    store: () => fastifyRateLimitStore(),
    isInMemory: ({ store, redis }) => !store && !redis,
  },
];

/** Adapters of the packages that keep sessions or counters in memory unless they are told otherwise. */
export function memoryStoreAdapters(outcome: MemoryStores): Adapter[] {
  return memoryStores.map((one) => {
    const adapt = (original: unknown): unknown => told(original as Callable, one, outcome);
    const exports = Object.fromEntries(['default', ...one.names].map((name) => [name, adapt]));
    return defineAdapter(one.package, { versions: one.versions, exports });
  });
}

/** Wraps the function so that it keeps its data in a store. */
function told(original: Callable, one: MemoryStore, outcome: MemoryStores): unknown {
  const { at, isInMemory, store } = one;
  return new Proxy(original, {
    apply(target, self, args: unknown[]) {
      const options = (args[at] ?? {}) as Options;
      if (typeof options !== 'object' || !isInMemory(options, original))
        return Reflect.apply(target, self, args as never[]);
      if (outcome === 'lost') {
        takers.add(new Loss(one));
        return Reflect.apply(target, self, args as never[]);
      }
      boundHost().log.info(
        { package: one.package },
        `The ${one.what} of ${one.package} survive releases: liveswap keeps them.`,
      );
      const changed = [...args];
      changed[at] = { ...options, store: store(original) };
      return Reflect.apply(target, self, changed as never[]);
    },
  });
}

/** Logs once, at the first reload that loses data, which data that is. */
class Loss implements Taker {
  readonly name: string;
  readonly #one: MemoryStore;
  #isSaid = false;

  constructor(one: MemoryStore) {
    this.name = `memory of ${one.package}`;
    this.#one = one;
  }

  start(previous: unknown): void {
    this.#isSaid = previous === true;
  }

  pause(): boolean {
    const { log, cause } = boundHost();
    const { package: name, what } = this.#one;
    if (!this.#isSaid && cause !== 'close')
      log.warn(
        { package: name },
        `The ${what} that ${name} keeps in memory are lost with this reload, and with each to come: start with --stores auto, or give it a store.`,
      );
    this.#isSaid ||= cause !== 'close';
    return this.#isSaid;
  }

  resume(): void {}

  end(): void {}
}

function hasMemoryStore({ store }: Options, original: unknown): boolean {
  const { MemoryStore } = original as { MemoryStore?: unknown };
  return !store || (typeof MemoryStore === 'function' && store instanceof MemoryStore);
}
