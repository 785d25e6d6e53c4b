import { AsyncLocalStorage } from 'node:async_hooks';
import type { MessagePort } from 'node:worker_threads';
import { LiveswapError, messageOf } from '../core/errors.js';
import type { RemoteObject } from '../link/remote-object.js';
import { hookTag, readChain, startTag, workTag, type Chain } from '../core/chain.js';
import { lifetimeOf } from '../link/callback.js';
import type { IncomingCall } from '../link/incoming-call.js';
import { Link } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import { markTransfer } from '../link/transfer.js';
import type { ThreadEnd } from '../pool/thread-pool.js';
import { argumentReviver, LiveClasses, LiveData, wrapData } from '../live-data/live-data.js';
import { createVaultClient, sendToHost } from './vault-client.js';
import type { Vault } from '../plugin/vault.js';
import { OpenWork } from './open-work.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { Cause } from '../plugin/cause.js';
import type { FunctionTable } from '../plugin/definition.js';
import type { RunningCall } from '../plugin/host-binding.js';
import { Activity } from './activity.js';
import { HookTurns } from './hook-turns.js';
import { KeptThread } from './kept-thread.js';
import { Imports, type ImportPeer } from './imports.js';
import type { RevivedParameters, RevivedByName } from '../surface/revived-parameters.js';
import {
  hooks,
  type ActivityFacts,
  type Hook,
  type StartTask,
  type ThreadFacts,
  type ThreadSurface,
} from '../surface/thread-surface.js';
import type { VoidCallbacksByName } from '../surface/void-callbacks.js';
import { createThreadLog } from './log.js';
import { OpenServices, type ServiceHost } from './services.js';
import { keepThreadMetrics } from './thread-metrics.js';

/** What runs in a place of the code: a call that is answered, or something that the version does by itself. */
interface RunningWork {
  readonly call: RunningCall | undefined;
  /** On whose behalf. */
  readonly chain: Chain;
  /** What is still going on there does so on nobody's behalf. */
  readonly isOver?: boolean;
}

/** Imports what a thread is to run. */
export type ImportArtifact = (task: Pick<StartTask, 'env' | 'url'>) => Promise<ArtifactModule>;

type Answerer = (...args: unknown[]) => unknown;

/** Keys of a definition that need nobody above this floor. */
const known: ReadonlySet<string> = new Set([...hooks, 'functions', 'removed', 'activeIn', 'exclusive']);

/** An instance of a live type that can be run. */
interface Job {
  handle(): unknown;
}

/** A version in one thread: imports the artifact, runs its hooks, answers its calls. */
export class VersionThread {
  readonly #importArtifact: ImportArtifact;
  readonly #gauge: Int32Array;
  readonly #openWork: OpenWork;
  readonly #peer: ImportPeer;
  readonly #link: Link;
  readonly #host: RemoteObject;
  readonly #vault: Vault;
  readonly #running = new AsyncLocalStorage<RunningWork>();
  readonly #draining = new AbortController();
  readonly #answerers = new Map<Scope, Map<string, Answerer>>();
  readonly #voidCallbacks = new Map<Scope, VoidCallbacksByName>();
  readonly #importers = new Set<Link>();
  #liveClasses = new LiveClasses();
  #imports: Imports | undefined;
  #artifact: ArtifactModule | undefined;
  #activity: Activity | undefined;
  #kept: KeptThread | undefined;
  /** What its own work is known by, when it is exclusive: calls on its behalf pass the gates that wait for it. */
  #ownChain: Chain = [];
  #hookChain: Chain = [];
  /** For errors; known when it is started. */
  #pluginName = 'a blank thread';
  #taken: RevivedParameters | undefined;
  readonly #stopMeasuring: () => void;
  readonly #turns = new HookTurns();
  readonly #services = new OpenServices();
  #task: StartTask | undefined;

  /** Serves on `end.port` until the host closes its end of that; `onLeft` is called then. */
  constructor(end: ThreadEnd, importArtifact: ImportArtifact, onLeft: () => void = () => {}) {
    this.#importArtifact = importArtifact;
    this.#gauge = end.gauge;
    this.#openWork = new OpenWork(end.gauge);
    this.#peer = {
      hold: this.#openWork.hold,
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
    this.#vault = createVaultClient(this.#link, () => this.#chain);
  }

  /** The host's surface: where log lines and output go. */
  get host(): RemoteObject {
    return this.#host;
  }

  /** Cuts every link of this thread: calls that what it leaves behind still makes reject with `cause`. */
  close(cause: LiveswapError): void {
    this.#stopMeasuring();
    // Promises are slower in a thread that keeps the context of one such storage.
    this.#running.disable();
    this.#link.close(cause);
    this.#imports?.close(cause);
    for (const importer of this.#importers) importer.close(cause);
    // Those of a thread that is freed are closed by then.
    this.#services.close().catch(() => {});
  }

  /** Aborts what runs here with `cause` and returns what it holds open; the host can still be reached. */
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
      activate: (cause, previous) => this.#turns.run(() => this.#activity?.activate(cause, previous)),
      beginYield: () => this.#activity?.beginYield(),
      resume: () => this.#activity?.resume(),
      yield: (cause, waits) => this.#turns.run(() => this.#activity?.yield(cause, waits)),
      quiet: () => this.#openWork.whenQuiet(),
      sendKept: (port, isRehearsal) => this.#keptThread.send(port, isRehearsal),
      receiveKept: (port, isRehearsal) => this.#keptThread.receive(port, isRehearsal),
      pourKept: (image) => this.#keptThread.pour(image),
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
    const activity = this.#makeActivity(task, artifact);
    artifact.bind({
      liveClasses: this.#liveClasses,
      plugin: task.plugin,
      version: task.version,
      thread: { index: task.index, count: task.count },
      vault: this.#vault,
      signal: this.#draining.signal,
      log,
      get call() {
        return running.getStore()?.call;
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
        if (!isExclusive) return imports.call(plugin, method, args, this.#chain);
        return sendToHost(this.#link, Scope.import, `${method} ${plugin}`, args, this.#chain);
      },
      transfer: markTransfer,
      lifetimeOf,
      tellService: (name, message) => this.#services.tell(name, message),
    });
    this.#artifact = artifact;
    this.#activity = activity;
    this.#kept = new KeptThread(artifact, this.#liveClasses, task.kept);
    this.#kept.check();
    this.#taken = task.taken;
    this.#voidCallbacks.set(Scope.live, task.voidCallbacks.live);
    this.#voidCallbacks.set(Scope.export, task.voidCallbacks.exports);
    this.#voidCallbacks.set(Scope.function, task.voidCallbacks.functions);
    this.#answerers.set(Scope.live, this.#answerersOf(artifact.liveFunctions, task.taken.live));
    this.#answerers.set(Scope.run, handlersOf(artifact.liveTypes));
    const { functions, exports } = artifact.plugin;
    this.#answerers.set(Scope.function, this.#answerersOf(functions, task.taken.functions));
    if (typeof exports !== 'function') {
      this.#answerers.set(Scope.export, this.#answerersOf(exports, task.taken.exports));
    }
    return {
      hooks: hooks.filter((hook) => isAsked(hook, artifact)),
      ...activityFacts(artifact),
      functions: this.#namesOf(Scope.function),
      exports: this.#namesOf(Scope.export),
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

  /** What a service runs of the plugin counts like a call: a version that yields waits until it settles. */
  #runService<Result>(call: RunningCall, work: () => Result): Result {
    const done = this.#openWork.run();
    try {
      const result = this.#running.run({ call, chain: [] }, work);
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
    this.#answerers.set(Scope.export, this.#answerersOf(table, this.#taken?.exports));
    return this.#namesOf(Scope.export);
  }

  /** The functions of a table; of those that take live types, the arguments are revived. */
  #answerersOf(table: FunctionTable | undefined, taken: RevivedByName = {}): Map<string, Answerer> {
    const answerers = new Map<string, Answerer>();
    for (const [name, value] of Object.entries(table ?? {})) {
      if (typeof value !== 'function') continue;
      const apply: Answerer = (...args) => value.apply(table, args as never[]);
      const takes = Object.hasOwn(taken, name) ? taken[name] : undefined;
      const revive = takes && argumentReviver(takes, this.#liveClasses);
      answerers.set(name, revive ? (...args) => apply(...revive(args)) : apply);
    }
    return answerers;
  }

  #namesOf(scope: Scope): string[] {
    return [...(this.#answerers.get(scope)?.keys() ?? [])];
  }

  #plugin(): ArtifactModule['plugin'] {
    if (!this.#artifact) throw new LiveswapError('NOT_LOADED', 'This thread has not imported its artifact.');
    return this.#artifact.plugin;
  }

  #answer(wireScope: Scope, wireName: string, args: unknown[], incoming: IncomingCall): unknown {
    const { scope, name, chain } = readChain(wireScope, wireName);
    const call = chain.length === 0 ? incoming : named(incoming, name);
    const answerer = this.#answerers.get(scope as Scope)?.get(name);
    if (!answerer) throw new LiveswapError('FUNCTION_UNKNOWN', `There is no ${name} here.`, { call: name });
    return this.#running.run({ call, chain }, answerer, ...args);
  }

  /** Runs a hook with which the thread comes up: what it calls, and waits for, may come back here before others do. */
  #comeUp(hook: (plugin: ArtifactModule['plugin']) => unknown): Promise<void> {
    return this.#turns.run(async () => {
      const { plugin = '', version = '', index = 0 } = this.#task ?? {};
      const chain = [...this.#ownChain, startTag(plugin, version, index)];
      const work = { call: undefined, chain, isOver: false };
      try {
        await this.#running.run(work, async () => hook(this.#plugin()));
      } finally {
        // What the hook has begun goes on, and is none of it.
        work.isOver = true;
      }
    });
  }

  /** On whose behalf the code runs that asks. */
  get #chain(): Chain {
    const work = this.#running.getStore();
    const chain = work && !work.isOver ? work.chain : [];
    const [own] = this.#ownChain;
    return own === undefined || chain.includes(own) ? chain : [...chain, own];
  }

  get #keptThread(): KeptThread {
    if (!this.#kept) throw new LiveswapError('NOT_LOADED', 'This thread has not imported its artifact.');
    return this.#kept;
  }

  #makeActivity(task: StartTask, artifact: ArtifactModule): Activity {
    if (task.exclusive) this.#ownChain = [workTag(task.plugin, task.version)];
    this.#hookChain = [...this.#ownChain, hookTag(task.plugin, task.version)];
    return new Activity({
      artifact,
      liveClasses: this.#liveClasses,
      isFirstThread: task.index === 0,
      cause: task.cause,
      runHook: (hook) => this.#running.run({ call: undefined, chain: this.#hookChain }, hook),
      begin: () => {
        if (task.index === 0) artifact.ticker?.start({ run: (tick) => this.#runTick(tick) });
        this.#kept?.startSaving({
          save: (image) => this.#host.call('saveKept', [image]),
          onFailed: (error) => this.#report(`Kept state is not saved any more: ${messageOf(error)}`, error),
        });
      },
      end: () => {
        artifact.ticker?.stop();
        this.#kept?.stopSaving();
      },
      hold: (work) => void work.finally(this.#openWork.hold()),
      tellHost: (error) => this.#tell('closeFailed', error),
    });
  }

  async #runTick(tick: () => unknown): Promise<void> {
    const done = this.#openWork.run();
    try {
      await this.#running.run({ call: undefined, chain: this.#ownChain }, async () => tick());
    } catch (error) {
      this.#tell('everyFailed', asError(error));
    } finally {
      done();
    }
  }

  #tell(what: 'closeFailed' | 'everyFailed', error: LiveswapError): void {
    // With the host gone there is nobody left to know.
    this.#host.call(what, [error]).catch(() => {});
  }

  #report(message: string, cause: unknown): void {
    createThreadLog(this.#host).error({ err: cause }, message);
  }

  #free(cause: Cause): unknown {
    if (this.#activity) this.#activity.cause = cause;
    return this.#artifact?.plugin.onFree?.();
  }

  #acceptImporter(port: MessagePort): void {
    const link: Link = new Link(port, {
      channels: 'odd',
      ...this.#peer,
      answer: async (scope, name, args, call) => {
        const done = this.#openWork.hold();
        try {
          // Whatever it asks for, an importer reaches exports alone.
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
    // Plain JavaScript may give it anything: what is no promise has settled.
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

/** What `run` finds: a live type's job is done by `handle()` of an instance of its newest class. */
function handlersOf(types: ArtifactModule['liveTypes']): Map<string, Answerer> {
  const handlers = new Map<string, Answerer>();
  for (const [name, { prototype }] of Object.entries(types)) {
    if (typeof (prototype as Partial<Job>).handle !== 'function') continue;
    handlers.set(name, (data) => (data as LiveData<Job>).unwrap().handle());
  }
  return handlers;
}

/** What the host has to know of what the version does only while it is active. */
function activityFacts({ plugin, resources, ticker, keptRoots }: ArtifactModule): ActivityFacts {
  const keepsState = (keptRoots?.roots.size ?? 0) > 0;
  return {
    hasActivity:
      plugin.onActive !== undefined ||
      plugin.onYield !== undefined ||
      (resources?.count ?? 0) > 0 ||
      (ticker?.count ?? 0) > 0 ||
      keepsState,
    keepsState,
  };
}

/** The call under the name that its function has. */
function named(call: IncomingCall, name: string): RunningCall {
  return {
    name,
    get signal() {
      return call.signal;
    },
  };
}

function asError(error: unknown): LiveswapError {
  const message = `A run of every failed: ${messageOf(error)}`;
  return new LiveswapError('HOOK_FAILED', message, { hook: 'every', cause: error });
}

/** Whether there is something to run: a hook that is a constant, or absent, costs no round trip. */
function isAsked(hook: Hook, { plugin, resources }: ArtifactModule): boolean {
  if (hook === 'reloadable') return plugin.reloadable !== undefined && plugin.reloadable !== true;
  if (hook === 'onActive' || hook === 'onYield') return plugin[hook] !== undefined;
  if (hook === 'resource') return (resources?.count ?? 0) > 0;
  if (hook === 'exports') return typeof plugin.exports === 'function';
  return plugin[hook] !== undefined;
}
