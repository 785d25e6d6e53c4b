import { keyOf } from '../core/plugin-key.js';
import type { MessagePort } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { RemoteObject } from '../link/remote-object.js';
import { lifetimeOf } from '../link/callback.js';
import type { Link } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import { markTransfer } from '../link/transfer.js';
import { LiveClasses } from '../live-data/live-data.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { Cause } from '../plugin/cause.js';
import type { PluginHost } from '../plugin/host-binding.js';
import type { ResourcePhase } from '../plugin/resources.js';
import type { Vault } from '../plugin/vault.js';
import { hooks, type Hook, type StartTask, type ThreadFacts } from '../surface/thread-surface.js';
import { ActiveWork } from './active-work.js';
import { checkDefinition } from './check-definition.js';
import { Answerers, type Answerer } from './answerers.js';
import type { Imports } from './imports.js';
import { createThreadLog } from './log.js';
import type { OpenTracing } from './open-tracing.js';
import type { OpenWork } from './open-work.js';
import type { RunningWork } from './running-work.js';
import { serviceHost } from './service-host.js';
import { OpenServices } from './services.js';
import { sendToHost } from './vault-client.js';

/** Dependencies of a {@link LoadedVersion}. */
export interface LoadedVersionDeps {
  readonly task: StartTask;
  readonly artifact: ArtifactModule;
  readonly imports: Imports;
  readonly link: Link;
  readonly vault: Vault;
  readonly running: RunningWork;
  readonly openWork: OpenWork;
  readonly tracing: OpenTracing | undefined;
  /** Aborted when draining starts. */
  readonly draining: AbortSignal;
}

/** Keys of a definition that no layer above has to serve. */
const known: ReadonlySet<string> = new Set([...hooks, 'functions', 'removed', 'activeIn', 'exclusive']);

/** An imported artifact in its thread: bound to the thread, with its hooks and everything in it that can be called. */
export class LoadedVersion {
  readonly liveClasses: LiveClasses;
  readonly active: ActiveWork;
  readonly #deps: LoadedVersionDeps;
  readonly #host: RemoteObject;
  readonly #log: Logger;
  readonly #answerers = new Answerers();
  readonly #services = new OpenServices();

  /** @throws LiveswapError `OPTION_INVALID` when its definition cannot be used, or a value is kept that cannot be */
  constructor(deps: LoadedVersionDeps) {
    const { task, artifact, link, running, openWork } = deps;
    checkDefinition(artifact.plugin, task.plugin);
    this.#deps = deps;
    this.#host = link.surface();
    this.liveClasses = new LiveClasses(artifact.liveTypes, task.liveTypes, task.types);
    running.begin(task, deps.tracing?.spans);
    const { liveClasses } = this;
    const log = createThreadLog(this.#host, () => running.carrier);
    this.#log = log;
    this.active = new ActiveWork({ task, artifact, liveClasses, running, openWork, host: this.#host, log });
    artifact.bind(this.#pluginHost());
    this.#addAnswerers();
  }

  /** Facts about the definition that the host needs. */
  get facts(): ThreadFacts {
    const { artifact } = this.#deps;
    return {
      hooks: hooks.filter((hook) => isAsked(hook, artifact)),
      ...this.active.facts,
      functions: this.#answerers.namesOf(Scope.function),
      exports: this.#answerers.namesOf(Scope.export),
      offers: Object.keys(artifact.plugin).filter((key) => !known.has(key)),
    };
  }

  answererOf(scope: Scope, name: string): Answerer | undefined {
    return this.#answerers.get(scope, name);
  }

  /** Returns the names that can be called in a scope. */
  namesOf(scope: Scope): string[] {
    return this.#answerers.namesOf(scope);
  }

  reloadable(): boolean | Promise<boolean> {
    const { reloadable = true } = this.#deps.artifact.plugin;
    return typeof reloadable === 'function' ? reloadable() : reloadable;
  }

  /** Reads the exported methods, and returns their names. */
  async exports(): Promise<string[]> {
    const { artifact, task } = this.#deps;
    const { exports } = artifact.plugin;
    const table = typeof exports === 'function' ? await exports() : exports;
    checkDefinition({ ...(table !== undefined && { exports: table }) }, task.plugin);
    this.#answerers.add(Scope.export, table, task.taken.exports, this.liveClasses);
    return this.#answerers.namesOf(Scope.export);
  }

  async openResources(phase: ResourcePhase): Promise<void> {
    await this.#deps.artifact.resources?.open(phase);
  }

  get resourceUnderWay(): string | undefined {
    return this.#deps.artifact.resources?.underWay;
  }

  load(data: unknown): Promise<void> {
    return this.#comeUp((plugin) => plugin.onLoad?.(data));
  }

  init(): Promise<void> {
    return this.#comeUp((plugin) => plugin.onInit?.(this.#deps.vault));
  }

  free(cause: Cause): unknown {
    this.active.activity.cause = cause;
    return this.#deps.artifact.plugin.onFree?.();
  }

  /** Closes all resources; throws the first failure, and logs the others. */
  async closeResources(): Promise<void> {
    const { resources, takers } = this.#deps.artifact;
    const ended = (await takers?.end()) ?? [];
    const [first, ...others] = [...ended, ...((await resources?.close()) ?? [])];
    for (const error of others) this.#report(error.message, error);
    if (first) throw first;
  }

  /** Sends the spans that still wait. */
  async flushTraces(): Promise<void> {
    await this.#deps.tracing?.flush();
  }

  /** Returns the value of an exported symbol of the root module. @throws LiveswapError `SYMBOL_UNKNOWN` */
  lookup(symbol: string): unknown {
    const { symbols } = this.#deps.artifact;
    if (Object.hasOwn(symbols, symbol)) return symbols[symbol];
    throw new LiveswapError('SYMBOL_UNKNOWN', `The root module exports no ${symbol}.`, { symbol });
  }

  openService(name: string, port: MessagePort, options: unknown): Promise<void> {
    const { task, artifact, running, openWork } = this.#deps;
    const host = serviceHost({
      task,
      definition: artifact.plugin,
      running,
      openWork,
      liveClasses: this.liveClasses,
      log: this.#log,
      evaluated: () => this.active.evaluated(),
      waitUntil: (promise) => this.#waitUntil(promise),
    });
    return this.#services.open(name, port, options, host);
  }

  closeServices(): Promise<void> {
    return this.#services.close();
  }

  /** Tells the services that the thread dies of an error that nobody caught. */
  died(): void {
    this.#services.died();
  }

  /** Tells the services that the host has let go of the thread. */
  left(): void {
    this.#services.left();
  }

  #comeUp(hook: (plugin: ArtifactModule['plugin']) => unknown): Promise<void> {
    return this.#deps.running.comeUp(() => hook(this.#deps.artifact.plugin));
  }

  #addAnswerers(): void {
    const { artifact, task } = this.#deps;
    this.#answerers.add(Scope.live, artifact.liveFunctions, task.taken.live, this.liveClasses);
    this.#answerers.addHandlers(artifact.liveTypes);
    const { functions, exports } = artifact.plugin;
    this.#answerers.add(Scope.function, functions, task.taken.functions, this.liveClasses);
    if (typeof exports !== 'function') {
      this.#answerers.add(Scope.export, exports, task.taken.exports, this.liveClasses);
    }
  }

  #pluginHost(): PluginHost {
    const { task, running, imports, link, vault, draining } = this.#deps;
    const { activity } = this.active;
    return {
      liveClasses: this.liveClasses,
      plugin: task.plugin,
      version: task.version,
      thread: { index: task.index, count: task.count },
      vault,
      signal: draining,
      log: this.#log,
      get call() {
        return running.call;
      },
      get cause() {
        return activity.cause;
      },
      get active() {
        return activity.isActive;
      },
      get yielding() {
        return activity.yielding;
      },
      waitUntil: (promise) => this.#waitUntil(promise),
      callImport: async (plugin, method, args) => {
        const isExclusive = task.exclusiveImports.includes(keyOf(plugin));
        if (!isExclusive)
          return running.ask(plugin, method, (chain) => imports.call(plugin, method, args, chain));
        // The host traces calls that go through it.
        return sendToHost(link, Scope.import, `${method} ${plugin}`, args, running.chain);
      },
      get origin() {
        return running.origin;
      },
      transfer: markTransfer,
      lifetimeOf,
      tellService: (name, message) => this.#services.tell(name, message),
    };
  }

  #waitUntil(promise: Promise<unknown>): void {
    const done = this.#deps.openWork.run('waitUntil');
    // Plain JavaScript may pass anything: a value that is not a promise counts as settled.
    Promise.resolve(promise).then(done, (error: unknown) => {
      done();
      this.#report('A promise given to waitUntil was rejected.', error);
    });
  }

  #report(message: string, cause: unknown): void {
    this.#log.error({ err: cause }, message);
  }
}

/** Returns whether a hook must be run: a hook that is a constant, or absent, costs no round trip. */
function isAsked(hook: Hook, { plugin, resources, takers }: ArtifactModule): boolean {
  if (hook === 'reloadable') return plugin.reloadable !== undefined && plugin.reloadable !== true;
  if (hook === 'onActive' || hook === 'onYield') return plugin[hook] !== undefined;
  if (hook === 'resource') return (resources?.count ?? 0) > 0 || takers?.isExpected === true;
  if (hook === 'exports') return typeof plugin.exports === 'function';
  return plugin[hook] !== undefined;
}
