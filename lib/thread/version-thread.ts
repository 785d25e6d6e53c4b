import type { MessagePort } from 'node:worker_threads';
import { LiveswapError } from '../core/errors.js';
import type { RemoteObject } from '../link/remote-object.js';
import { readChain } from '../core/chain.js';
import { lifetimeOf } from '../link/callback.js';
import type { IncomingCall } from '../link/incoming-call.js';
import { Link } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import { markTransfer } from '../link/transfer.js';
import type { ThreadEnd } from '../pool/thread-pool.js';
import { LiveClasses, LiveData, wrapData } from '../live-data/live-data.js';
import { createVaultClient, sendToHost } from './vault-client.js';
import type { Vault } from '../plugin/vault.js';
import { OpenWork } from './open-work.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { Cause } from '../plugin/cause.js';
import type { RunningCall } from '../plugin/host-binding.js';
import { ActiveWork } from './active-work.js';
import { Answerers } from './answerers.js';
import { HookTurns } from './hook-turns.js';
import { Imports, type ImportPeer } from './imports.js';
import {
  hooks,
  type Hook,
  type StartTask,
  type ThreadFacts,
  type ThreadSurface,
} from '../surface/thread-surface.js';
import type { VoidCallbacksByName } from '../surface/void-callbacks.js';
import { createThreadLog } from './log.js';
import { RunningWork } from './running-work.js';
import { OpenServices, type ServiceHost } from './services.js';
import { keepThreadMetrics } from './thread-metrics.js';

/** Imports the artifact that a thread runs. */
export type ImportArtifact = (task: Pick<StartTask, 'env' | 'url'>) => Promise<ArtifactModule>;

/** Keys of a definition that no layer above has to serve. */
const known: ReadonlySet<string> = new Set([...hooks, 'functions', 'removed', 'activeIn', 'exclusive']);

/** A version in one thread: imports the artifact, runs its hooks, answers its calls. */
export class VersionThread {
  readonly #importArtifact: ImportArtifact;
  readonly #gauge: Int32Array;
  readonly #openWork: OpenWork;
  readonly #peer: ImportPeer;
  readonly #link: Link;
  readonly #host: RemoteObject;
  readonly #vault: Vault;
  readonly #running = new RunningWork();
  readonly #draining = new AbortController();
  readonly #answerers = new Answerers();
  readonly #voidCallbacks = new Map<Scope, VoidCallbacksByName>();
  readonly #importers = new Set<Link>();
  #liveClasses = new LiveClasses();
  #imports: Imports | undefined;
  #artifact: ArtifactModule | undefined;
  #active: ActiveWork | undefined;
  /** For errors; known once the thread is started. */
  #pluginName = 'a blank thread';
  readonly #stopMeasuring: () => void;
  readonly #turns = new HookTurns();
  readonly #services = new OpenServices();
  #task: StartTask | undefined;

  /** Serves on `end.port` until the host closes its end; `onLeft` is called then. */
  constructor(end: ThreadEnd, importArtifact: ImportArtifact, onLeft: () => void = () => {}) {
    this.#importArtifact = importArtifact;
    this.#gauge = end.gauge;
    this.#openWork = new OpenWork(end.gauge);
    this.#peer = {
      hold: this.#openWork.hold,
      chain: () => this.#running.chain,
      enter: (run, chain) => this.#running.enter(run, chain),
      liveData: (wire) => LiveData.from(wire, this.#liveClasses),
      isVoidCallback: (scope, name, index) =>
        this.#voidCallbacks.get(scope)?.get(name)?.includes(index) === true,
      onUntaken: (facts, error) => void this.#host.call('callbackRejected', [facts, error]).catch(() => {}),
    };
    this.#link = new Link(end.port, {
      channels: 'odd',
      ...this.#peer,
      answer: (scope, name, args, call) => this.#answer(scope, name, args, call),
      surface: this.#surface() as unknown as Record<string, (...args: never[]) => unknown>,
      onLost: () => {
        this.close(this.#unloaded());
        onLeft();
      },
    });
    this.#stopMeasuring = keepThreadMetrics(end.gauge);
    this.#host = this.#link.surface();
    this.#vault = createVaultClient(this.#link, () => this.#running.chain);
  }

  /** The host's surface, which receives log lines and output. */
  get host(): RemoteObject {
    return this.#host;
  }

  /** Sends messages that wait for the end of the turn: the thread ends before that. */
  flush(): void {
    for (const link of [this.#link, ...this.#importers]) link.flush();
  }

  /** Cuts every link of this thread: later calls from its remaining code reject with `cause`. */
  close(cause: LiveswapError): void {
    this.#stopMeasuring();
    this.#running.close();
    this.#link.close(cause);
    this.#imports?.close(cause);
    for (const importer of this.#importers) importer.close(cause);
    // The services of a freed thread are closed by then.
    this.#services.close().catch(() => {});
  }

  /** Aborts the work that runs here with `cause` and returns open iterators; the host can still be reached. */
  #interrupt(cause: LiveswapError): void {
    for (const link of [this.#link, ...this.#importers]) link.interrupt(cause);
  }

  #surface(): ThreadSurface {
    return {
      start: (task) => this.#turns.run(() => this.#start(task)),
      reloadable: () => this.#turns.run(() => this.#reloadable()),
      exports: () => this.#turns.run(() => this.#exports()),
      openImport: (plugin) => this.#imports?.open(plugin),
      refuseImport: (plugin, error) => this.#imports?.refuse(plugin, error),
      readmitImport: (plugin) => this.#imports?.readmit(plugin),
      importLeaves: (plugin, id) => this.#imports?.leaves(plugin, id),
      importDied: (plugin, id, error) => this.#imports?.died(plugin, id, error),
      bindImport: (plugin, id, index, port, only) => this.#imports?.bind(plugin, id, index, port, only),
      importIsUp: (plugin, id) => this.#imports?.isUp(plugin, id),
      acceptImporter: (port) => this.#acceptImporter(port),
      openService: (name, port, options) => this.#openService(name, port, options),
      closeServices: () => this.#services.close(),
      openResources: (phase) => this.#turns.run(() => this.#artifact?.resources?.open(phase)),
      load: (data) => this.#comeUp((plugin) => plugin.onLoad?.(data)),
      init: () => this.#comeUp((plugin) => plugin.onInit?.(this.#vault)),
      activate: (cause, previous) => this.#turns.run(() => this.#activeSurface.activate(cause, previous)),
      beginYield: () => this.#active?.surface.beginYield(),
      resume: () => this.#active?.surface.resume(),
      yield: (cause, waits) => this.#turns.run(() => this.#activeSurface.yield(cause, waits)),
      quiet: () => this.#openWork.whenQuiet(),
      sendKept: (port, isRehearsal) => this.#activeSurface.sendKept(port, isRehearsal),
      receiveKept: (port, isRehearsal) => this.#activeSurface.receiveKept(port, isRehearsal),
      pourKept: (image) => this.#activeSurface.pourKept(image),
      ping: () => {},
      drain: () => this.#draining.abort(new LiveswapError('RETIRED', 'This version is draining.')),
      interrupt: (cause) => this.#interrupt(cause),
      idle: () => this.#openWork.whenIdle(),
      settled: (graceMs) => this.#turns.settled(graceMs),
      free: (cause) => this.#turns.free(() => this.#free(cause)),
      closeResources: () => this.#closeResources(),
      lookup: (symbol) => this.#lookup(symbol),
    };
  }

  async #start(task: StartTask): Promise<ThreadFacts> {
    this.#pluginName = task.plugin;
    this.#task = task;
    const imports = new Imports(task.plugin, task.limits, this.#peer, this.#gauge);
    this.#imports = imports;
    const artifact = await this.#importArtifact(task);
    const running = this.#running;
    const log = createThreadLog(this.#host);
    this.#liveClasses = new LiveClasses(artifact.liveTypes, task.liveTypes, task.types);
    running.begin(task);
    const active = new ActiveWork({
      task,
      artifact,
      liveClasses: this.#liveClasses,
      running,
      openWork: this.#openWork,
      host: this.#host,
    });
    const { activity } = active;
    artifact.bind({
      liveClasses: this.#liveClasses,
      plugin: task.plugin,
      version: task.version,
      thread: { index: task.index, count: task.count },
      vault: this.#vault,
      signal: this.#draining.signal,
      log,
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
        const isExclusive = task.exclusiveImports.includes(plugin.toLowerCase());
        if (!isExclusive) return imports.call(plugin, method, args, running.chain);
        return sendToHost(this.#link, Scope.import, `${method} ${plugin}`, args, running.chain);
      },
      transfer: markTransfer,
      lifetimeOf,
      tellService: (name, message) => this.#services.tell(name, message),
    });
    this.#artifact = artifact;
    this.#active = active;
    this.#voidCallbacks.set(Scope.live, task.voidCallbacks.live);
    this.#voidCallbacks.set(Scope.export, task.voidCallbacks.exports);
    this.#voidCallbacks.set(Scope.function, task.voidCallbacks.functions);
    this.#answerers.add(Scope.live, artifact.liveFunctions, task.taken.live, this.#liveClasses);
    this.#answerers.addHandlers(artifact.liveTypes);
    const { functions, exports } = artifact.plugin;
    this.#answerers.add(Scope.function, functions, task.taken.functions, this.#liveClasses);
    if (typeof exports !== 'function') {
      this.#answerers.add(Scope.export, exports, task.taken.exports, this.#liveClasses);
    }
    return {
      hooks: hooks.filter((hook) => isAsked(hook, artifact)),
      ...active.facts,
      functions: this.#answerers.namesOf(Scope.function),
      exports: this.#answerers.namesOf(Scope.export),
      offers: Object.keys(artifact.plugin).filter((key) => !known.has(key)),
    };
  }

  async #openService(name: string, port: MessagePort, options: unknown): Promise<void> {
    const task = this.#task;
    if (!task) throw new LiveswapError('NOT_LOADED', 'This thread has not imported its artifact.');
    const host: ServiceHost = {
      plugin: task.plugin,
      version: task.version,
      definition: this.#plugin(),
      log: createThreadLog(this.#host),
      limits: task.limits,
      hold: this.#openWork.hold,
      waitUntil: (promise) => this.#waitUntil(promise),
      wrap: (value) => wrapData(value, this.#liveClasses),
      unwrap: (wire) => LiveData.from(wire, this.#liveClasses).unwrap(),
      run: (call, work) => this.#runService(call, work),
    };
    await this.#turns.run(() => this.#services.open(name, port, options, host));
  }

  /** Runs plugin code for a service. This counts like a call: a yielding version waits until it settles. */
  #runService<Result>(call: RunningCall, work: () => Result): Result {
    const done = this.#openWork.run();
    try {
      const result = this.#running.answer(call, [], work);
      Promise.resolve(result).then(done, done);
      return result;
    } catch (error) {
      done();
      throw error;
    }
  }

  #reloadable(): boolean | Promise<boolean> {
    const { reloadable = true } = this.#plugin();
    return typeof reloadable === 'function' ? reloadable() : reloadable;
  }

  async #exports(): Promise<string[]> {
    const { exports } = this.#plugin();
    const table = typeof exports === 'function' ? await exports() : exports;
    this.#answerers.add(Scope.export, table, this.#task?.taken.exports, this.#liveClasses);
    return this.#answerers.namesOf(Scope.export);
  }

  #plugin(): ArtifactModule['plugin'] {
    if (!this.#artifact) throw new LiveswapError('NOT_LOADED', 'This thread has not imported its artifact.');
    return this.#artifact.plugin;
  }

  #answer(wireScope: Scope, wireName: string, args: unknown[], incoming: IncomingCall): unknown {
    const { scope, name, chain } = readChain(wireScope, wireName);
    const call = chain.length === 0 ? incoming : named(incoming, name);
    const answerer = this.#answerers.get(scope, name);
    if (!answerer) throw new LiveswapError('FUNCTION_UNKNOWN', `There is no ${name} here.`, { call: name });
    return this.#running.answer(call, chain, () => answerer(...args));
  }

  #comeUp(hook: (plugin: ArtifactModule['plugin']) => unknown): Promise<void> {
    return this.#turns.run(() => this.#running.comeUp(() => hook(this.#plugin())));
  }

  get #activeSurface(): ActiveWork['surface'] {
    if (this.#active) return this.#active.surface;
    throw new LiveswapError('NOT_LOADED', 'This thread has not imported its artifact.');
  }

  #report(message: string, cause: unknown): void {
    createThreadLog(this.#host).error({ err: cause }, message);
  }

  #free(cause: Cause): unknown {
    if (this.#active) this.#active.activity.cause = cause;
    return this.#artifact?.plugin.onFree?.();
  }

  #acceptImporter(port: MessagePort): void {
    const link: Link = new Link(port, {
      channels: 'odd',
      ...this.#peer,
      answer: async (scope, name, args, call) => {
        const done = this.#openWork.hold();
        try {
          // Importers only ever reach exports, whatever scope they ask for.
          return await this.#answer(
            readChain(scope, name).scope === Scope.export ? scope : Scope.export,
            name,
            args,
            call,
          );
        } finally {
          done();
        }
      },
      onLost: () => {
        this.#importers.delete(link);
        link.close(new LiveswapError('RETIRED', 'The thread that called is gone.'));
      },
    });
    this.#importers.add(link);
  }

  #waitUntil(promise: Promise<unknown>): void {
    const done = this.#openWork.run();
    // Plain JavaScript may pass anything: a value that is not a promise counts as settled.
    Promise.resolve(promise).then(done, (error: unknown) => {
      done();
      this.#report('A promise given to waitUntil was rejected.', error);
    });
  }

  async #closeResources(): Promise<void> {
    const [first, ...others] = (await this.#artifact?.resources?.close()) ?? [];
    for (const error of others) this.#report(error.message, error);
    if (first) throw first;
  }

  #unloaded(): LiveswapError {
    const plugin = this.#pluginName;
    return new LiveswapError('RETIRED', `${plugin} was unloaded.`, { plugin });
  }

  #lookup(symbol: string): unknown {
    const symbols = this.#artifact?.symbols ?? {};
    if (Object.hasOwn(symbols, symbol)) return symbols[symbol];
    throw new LiveswapError('SYMBOL_UNKNOWN', `The root module exports no ${symbol}.`, { symbol });
  }
}

/** Returns the call under the name of its function. */
function named(call: IncomingCall, name: string): RunningCall {
  return {
    name,
    get signal() {
      return call.signal;
    },
  };
}

/** Returns whether a hook must be run: a hook that is a constant, or absent, costs no round trip. */
function isAsked(hook: Hook, { plugin, resources }: ArtifactModule): boolean {
  if (hook === 'reloadable') return plugin.reloadable !== undefined && plugin.reloadable !== true;
  if (hook === 'onActive' || hook === 'onYield') return plugin[hook] !== undefined;
  if (hook === 'resource') return (resources?.count ?? 0) > 0;
  if (hook === 'exports') return typeof plugin.exports === 'function';
  return plugin[hook] !== undefined;
}
