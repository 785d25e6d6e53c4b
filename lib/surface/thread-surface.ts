import type { MessagePort } from 'node:worker_threads';
import type { TracingModules } from '../core/tracing.js';
import type { LiveswapError } from '../core/errors.js';
import type { CallLimits } from '../dispatch/balancer-options.js';
import type { KeptFacts, LiveTypeFacts } from '../manifest/manifest.js';
import type { KeptImage } from '../kept/image.js';
import type { LiveDataWire } from '../live-data/wire.js';
import type { Cause } from '../plugin/cause.js';
import type { TakerBatons } from '../plugin/takers.js';
import type { ShapeTable } from '../manifest/shape.js';
import type { ResourcePhase } from '../plugin/resources.js';
import type { Homes } from './homes.js';
import type { RevivedParameters } from './revived-parameters.js';
import type { VoidCallbacks } from './void-callbacks.js';

/** Task of a thread: the version that it runs. */
export interface StartTask {
  readonly plugin: string;
  /** Eight hexadecimal digits of the artifact's hash. */
  readonly version: string;
  readonly index: number;
  readonly count: number;
  /** Reason why the version comes up. */
  readonly cause: Cause;
  readonly exclusive: boolean;
  /** Modules that trace the thread, imported before the artifact. */
  readonly tracing?: TracingModules | undefined;
  /** Exclusive plugins: they are called through the host, which knows the active version. */
  readonly exclusiveImports: readonly string[];
  /** Limits of the thread's calls to each thread of a plugin that it imports. */
  readonly limits: CallLimits;
  /** `file:` URL of the artifact's immutable copy. */
  readonly url: string;
  /** The environment for the thread; without it, the thread keeps the one it has. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Facts of the build about the plugin's live types. */
  readonly liveTypes: readonly LiveTypeFacts[];
  /** Facts of the build about the plugin's kept state. */
  readonly kept: KeptFacts | undefined;
  /** Types to which shapes refer. */
  readonly types: ShapeTable;
  /** Parameters whose arguments are revived. */
  readonly taken: RevivedParameters;
  readonly voidCallbacks: VoidCallbacks;
}

/** The hooks of a plugin, in the order they run. */
export const hooks = [
  'reloadable',
  'exports',
  'resource',
  'onLoad',
  'onInit',
  'onActive',
  'onYield',
  'onFree',
] as const;
export type Hook = (typeof hooks)[number];
/** A hook, or the code of the plugin that a service of this name runs. */
export type Step = Hook | ServiceName | 'tracing';

/** A service that a layer above runs in threads, besides answering calls. */
export type ServiceName = 'http' | 'app';

/** Facts about the work of a version while it is the active one. */
export interface ActivityFacts {
  /** True when the version works only while it is active: then its hooks are awaited. */
  readonly hasActivity: boolean;
  readonly keepsState: boolean;
}

/** Facts that a thread reports about the artifact it has imported. */
export interface ThreadFacts extends ActivityFacts {
  /** Hooks that exist and must be run. */
  readonly hooks: readonly Hook[];
  readonly functions: readonly string[];
  /** Names of the exports, unless a function has to be asked for them. */
  readonly exports: readonly string[];
  /** Other keys of the plugin's definition. */
  readonly offers: readonly string[];
}

/** Data that one thread of a version hands over to the next version. */
export interface Baton {
  /** Value that `onYield` returned. */
  readonly data?: LiveDataWire | undefined;
  readonly takers?: TakerBatons | undefined;
}

/** Work that runs in a thread by itself: a request, a run of `every`, a promise given to `waitUntil`. */
export interface RunningFacts {
  readonly name: string;
  readonly ageMs: number;
}

/** Cost of sending kept state. */
export interface KeptSent {
  /** Milliseconds that the thread stood still. */
  readonly ms: number;
  readonly objects: number;
  /** Values that could not move, and were left out of a rehearsal. */
  readonly warnings: readonly string[];
}

/** Methods of a thread that the host may call over Comlink, for the lifecycle of a version. Traffic uses the link itself. */
export interface ThreadSurface {
  start(task: StartTask): Promise<ThreadFacts>;
  reloadable(): Promise<boolean>;
  /** Resolves to the names that other plugins can call. */
  exports(): Promise<readonly string[]>;
  /** Lets the plugin call one that it imports. Calls wait until a link is bound; calls with a key wait for that of their home. */
  openImport(plugin: string, homes: Homes | undefined): void;
  /** Refuses the calls of that plugin from now on. */
  refuseImport(plugin: string, error: LiveswapError): void;
  /** Accepts the calls of that plugin again. */
  readmitImport(plugin: string): void;
  /** Gives thread `id` of that plugin no more calls; its pending calls go on. */
  importLeaves(plugin: string, id: number): void;
  /** Rejects the calls that are pending on thread `id` of that plugin, which died. */
  importDied(plugin: string, id: number, error: LiveswapError): void;
  /**
   * Gives the thread its end of a direct link to thread `id`, the `index`th, of a plugin it imports. With `only`, the link takes
   * only calls whose chain has that tag. Returns false if that import has not been opened yet; the link is then closed.
   */
  bindImport(plugin: string, id: number, index: number, port: MessagePort, only: string | undefined): boolean;
  /** Gives thread `id` of that plugin every call from now on, not only those whose chain has a certain tag. */
  importIsUp(plugin: string, id: number): void;
  /** Gives the thread its end of a direct link from thread `id` of `plugin`, which imports this one. */
  acceptImporter(port: MessagePort, id: number, plugin: string): void;
  /** Tells why thread `id` of an importer is gone, whose direct link then ends with `error`. */
  importerGone(id: number, error: LiveswapError): void;
  /** Begins a service; its counterpart is at the other end of `port`. */
  openService(name: string, port: MessagePort, options: unknown): Promise<void>;
  /** Ends the services; before `free`. */
  closeServices(): Promise<void>;
  /** Opens the resources of a phase. */
  openResources(phase: ResourcePhase): Promise<void>;
  /** Returns the name of the resource that is being opened or closed. */
  resourceUnderWay(): string | undefined;
  load(data: unknown): Promise<void>;
  init(): Promise<void>;
  /** Makes the thread's version the active one: opens resources that wait for that, runs `onActive`, and starts `every`. */
  activate(cause: Cause, previous: Baton | undefined): Promise<void>;
  /**
   * Announces that the version is about to yield: `every` begins no more runs, and `context.yielding` is aborted. Resolves when no
   * run is under way.
   */
  beginYield(): Promise<void>;
  /** Revokes {@link beginYield}. */
  resume(): void;
  /**
   * Runs `onYield` and stops everything that takes work; with `waits`, resources that take work are closed when this resolves.
   * Resolves to the data handed over.
   */
  yield(cause: Cause, waits: boolean): Promise<Baton | undefined>;
  /** Resolves when no `every` run and no `waitUntil` promise is under way. */
  quiet(): Promise<void>;
  /** Returns the names of the work for which `quiet` waits. */
  running(): readonly RunningFacts[];
  /** Sends the kept state. */
  sendKept(port: MessagePort, isRehearsal: boolean): KeptSent;
  /** Takes over the state that is sent; resolves to the milliseconds it took. A rehearsal throws the state away. */
  receiveKept(port: MessagePort, isRehearsal: boolean): Promise<number>;
  /** Takes over a copy that the host has saved. */
  pourKept(image: KeptImage): void;
  /** Answers, which shows that the event loop is running. */
  ping(): void;
  /** Aborts `context.signal`. */
  drain(): void;
  /** Aborts every call that runs with `cause`, returns open iterators, cancels open streams. */
  interrupt(cause: LiveswapError): void;
  /** Resolves when no work is open. */
  idle(): Promise<void>;
  /** Resolves when no hook is under way, or after `graceMs`. */
  settled(graceMs: number): Promise<void>;
  free(cause: Cause): Promise<void>;
  /** Closes the open resources; after `free`. */
  closeResources(): Promise<void>;
  /** Sends spans that are not sent yet; after `free`. */
  flushTraces(): Promise<void>;
  lookup(symbol: string): unknown;
}
