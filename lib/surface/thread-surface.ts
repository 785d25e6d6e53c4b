import type { MessagePort } from 'node:worker_threads';
import type { LiveswapError } from '../core/errors.js';
import type { CallLimits } from '../dispatch/lane-set.js';
import type { LiveTypeFacts } from '../manifest/manifest.js';
import type { ShapeTable } from '../manifest/shape.js';
import type { ResourcePhase } from '../plugin/resources.js';
import type { RevivedParameters } from './revived-parameters.js';
import type { VoidCallbacks } from './void-callbacks.js';

/** What a thread is to run. */
export interface StartTask {
  readonly plugin: string;
  /** Eight hexadecimal digits of the artifact's hash. */
  readonly version: string;
  readonly index: number;
  readonly count: number;
  /** What bounds its calls to each thread of a plugin it imports. */
  readonly limits: CallLimits;
  /** `file:` URL of the artifact's immutable copy. */
  readonly url: string;
  /** What the build knows of its live types. */
  readonly liveTypes: readonly LiveTypeFacts[];
  /** What shapes refer to. */
  readonly types: ShapeTable;
  /** Whose arguments are revived. */
  readonly taken: RevivedParameters;
  readonly voidCallbacks: VoidCallbacks;
}

/** The hooks of a plugin, in the order they run. */
export const hooks = ['reloadable', 'exports', 'resource', 'onLoad', 'onInit', 'onFree'] as const;
export type Hook = (typeof hooks)[number];
/** A hook, or what a service of that name runs of the plugin. */
export type Step = Hook | 'http';

/** What a thread says of the artifact it has imported. */
export interface ThreadFacts {
  /** Those of the hooks that are there and have to be asked. */
  readonly hooks: readonly Hook[];
  readonly functions: readonly string[];
  /** Names of the exports, unless a function has to be asked for them. */
  readonly exports: readonly string[];
  /** Whatever else its definition has, by key. */
  readonly offers: readonly string[];
}

/** What the host may ask of a thread, over Comlink: a version's life. Traffic goes over the link itself. */
export interface ThreadSurface {
  start(task: StartTask): Promise<ThreadFacts>;
  reloadable(): Promise<boolean>;
  /** Resolves to the names that other plugins can call. */
  exports(): Promise<readonly string[]>;
  /** Lets the plugin call one it imports: its calls wait until a link is bound. */
  openImport(plugin: string): void;
  /** Calls of that plugin are refused from now on. */
  refuseImport(plugin: string, error: LiveswapError): void;
  /** Calls of that plugin are taken again. */
  readmitImport(plugin: string): void;
  /** Thread `id` of that plugin takes no more calls; those it has go on. */
  importLeaves(plugin: string, id: number): void;
  /** Thread `id` of that plugin died: why its calls reject. */
  importDied(plugin: string, id: number, error: LiveswapError): void;
  /** Gives the thread its end of a direct link to thread `id`, the `index`th, of a plugin it imports. */
  bindImport(plugin: string, id: number, index: number, port: MessagePort): void;
  /** Gives the thread its end of a direct link from a thread of a plugin that imports this one. */
  acceptImporter(port: MessagePort): void;
  /** Begins a service; what is at the other end of `port` is its other end. */
  openService(name: string, port: MessagePort, options: unknown): Promise<void>;
  /** Ends the services; before `free`. */
  closeServices(): Promise<void>;
  /** Opens the resources of that phase. */
  openResources(phase: ResourcePhase): Promise<void>;
  load(data: unknown): Promise<void>;
  init(): Promise<void>;
  /** Answers: the event loop turns. */
  ping(): void;
  /** Aborts `context.signal`. */
  drain(): void;
  /** Aborts every call that runs with `cause`, returns open iterators, cancels open streams. */
  interrupt(cause: LiveswapError): void;
  /** Resolves when nothing is held open. */
  idle(): Promise<void>;
  /** Resolves when no hook is under way, or after `graceMs`. */
  settled(graceMs: number): Promise<void>;
  free(): Promise<void>;
  /** Closes what is open of the resources; after `free`. */
  closeResources(): Promise<void>;
  lookup(symbol: string): unknown;
}
