import { amongNames } from '../core/did-you-mean.js';
import { LiveswapError } from '../core/errors.js';
import type { RemoteObject } from '../link/remote-object.js';
import { readChain } from '../core/chain.js';
import type { IncomingCall } from '../link/incoming-call.js';
import { Link } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import type { ThreadEnd } from '../pool/thread-pool.js';
import { LiveClasses, LiveData } from '../live-data/live-data.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { StartTask, ThreadFacts, ThreadSurface } from '../surface/thread-surface.js';
import type { VoidCallbacksByName } from '../surface/void-callbacks.js';
import { HookTurns } from './hook-turns.js';
import { Importers } from './importers.js';
import { Imports, type ImportPeer } from './imports.js';
import { LoadedVersion } from './loaded-version.js';
import { openTracing } from './open-tracing.js';
import { OpenWork } from './open-work.js';
import { chainedCall } from './chained-call.js';
import { RunningWork } from './running-work.js';
import { keepThreadMetrics } from './thread-metrics.js';
import { createVaultClient } from './vault-client.js';

/** Imports the artifact that a thread runs. */
export type ImportArtifact = (task: Pick<StartTask, 'env' | 'url'>) => Promise<ArtifactModule>;

const noClasses = new LiveClasses();

/**
 * One thread of a version: its links to the host and to the threads that import it, and the order of its hooks. It is idle until
 * the host has it start a version.
 */
export class VersionThread {
  readonly #importArtifact: ImportArtifact;
  readonly #gauge: Int32Array;
  readonly #openWork: OpenWork;
  readonly #peer: ImportPeer;
  readonly #link: Link;
  readonly #host: RemoteObject;
  readonly #running = new RunningWork();
  readonly #draining = new AbortController();
  readonly #voidCallbacks = new Map<Scope, VoidCallbacksByName>();
  readonly #importers: Importers;
  readonly #turns = new HookTurns();
  readonly #stopMeasuring: () => void;
  #imports: Imports | undefined;
  #version: LoadedVersion | undefined;
  /** Name of the plugin for errors, known once the thread is started. */
  #pluginName = 'an idle thread';

  /** Serves on `end.port` until the host closes its end; `onLeft` is called then. */
  constructor(end: ThreadEnd, importArtifact: ImportArtifact, onLeft: () => void = () => {}) {
    this.#importArtifact = importArtifact;
    this.#gauge = end.gauge;
    this.#openWork = new OpenWork(end.gauge);
    this.#peer = {
      hold: this.#openWork.hold,
      chain: () => this.#running.chain,
      enter: (run, chain, callback) => this.#running.enter(run, chain, callback),
      askCallbackOf: (owner) => (callback, send) => this.#running.ask(owner, callback, send),
      liveData: (wire) => LiveData.from(wire, this.#version?.liveClasses ?? noClasses),
      isVoidCallback: (scope, name, index) =>
        this.#voidCallbacks.get(scope)?.get(name)?.includes(index) === true,
      onUntaken: (facts, error) => void this.#host.call('callbackRejected', [facts, error]).catch(() => {}),
    };
    const answer = this.#answer.bind(this);
    this.#importers = new Importers(this.#peer, answer);
    this.#link = new Link(end.port, {
      channels: 'odd',
      ...this.#peer,
      askCallback: this.#peer.askCallbackOf('host'),
      answer,
      surface: this.#surface() as unknown as Record<string, (...args: never[]) => unknown>,
      onLost: () => {
        this.close(this.#unloaded());
        onLeft();
        this.#version?.left();
      },
    });
    this.#stopMeasuring = keepThreadMetrics(end.gauge);
    this.#host = this.#link.surface();
  }

  /** The host's surface, which receives log lines and output. */
  get host(): RemoteObject {
    return this.#host;
  }

  /** Sends messages that wait for the end of the turn: the thread ends before that. */
  flush(): void {
    this.#link.flush();
    this.#importers.flush();
  }

  /** Tells the code of the version that the thread dies of an error that nobody caught. */
  died(): void {
    this.#version?.died();
  }

  /** Cuts every link of this thread: later calls from its remaining code reject with `cause`. */
  close(cause: LiveswapError): void {
    this.#stopMeasuring();
    this.#running.close();
    this.#link.close(cause);
    this.#imports?.close(cause);
    this.#importers.close(cause);
    // The services of a freed thread are closed by then.
    this.#version?.closeServices().catch(() => {});
  }

  /** Aborts the work that runs here with `cause` and returns open iterators; the host can still be reached. */
  #interrupt(cause: LiveswapError): void {
    this.#link.interrupt(cause);
    this.#importers.interrupt(cause);
  }

  #bindImport(link: Parameters<ThreadSurface['bindImport']>): boolean {
    if (this.#imports) return this.#imports.bind(...link);
    link[3].close();
    return false;
  }

  #surface(): ThreadSurface {
    const turn = <Result>(run: (version: LoadedVersion) => Result | Promise<Result>): Promise<Result> =>
      this.#turns.run(() => run(this.#loaded));
    return {
      start: (task) => this.#turns.run(() => this.#start(task)),
      reloadable: () => turn((version) => version.reloadable()),
      exports: () => turn((version) => version.exports()),
      openImport: (plugin, homes) => this.#imports?.open(plugin, homes),
      refuseImport: (plugin, error) => this.#imports?.refuse(plugin, error),
      readmitImport: (plugin) => this.#imports?.readmit(plugin),
      importLeaves: (plugin, id) => this.#imports?.leaves(plugin, id),
      importDied: (plugin, id, error) => this.#imports?.died(plugin, id, error),
      bindImport: (...link) => this.#bindImport(link),
      importIsUp: (plugin, id) => this.#imports?.isUp(plugin, id),
      acceptImporter: (port, id, plugin) => this.#importers.accept(port, id, plugin),
      importerGone: (id, error) => this.#importers.gone(id, error),
      openService: (name, port, options) => turn((version) => version.openService(name, port, options)),
      closeServices: async () => this.#version?.closeServices(),
      openResources: (phase) => turn((version) => version.openResources(phase)),
      resourceUnderWay: () => this.#version?.resourceUnderWay,
      load: (data) => turn((version) => version.load(data)),
      init: () => turn((version) => version.init()),
      activate: (cause, previous) => turn(({ active }) => active.surface.activate(cause, previous)),
      beginYield: async () => this.#version?.active.surface.beginYield(),
      resume: () => this.#version?.active.surface.resume(),
      yield: (cause, waits) => turn(({ active }) => active.surface.yield(cause, waits)),
      quiet: () => this.#openWork.whenQuiet(),
      running: () => this.#openWork.running,
      sendKept: (port, isRehearsal) => this.#loaded.active.surface.sendKept(port, isRehearsal),
      receiveKept: (port, isRehearsal) => this.#loaded.active.surface.receiveKept(port, isRehearsal),
      pourKept: (image) => this.#loaded.active.surface.pourKept(image),
      ping: () => {},
      drain: () => this.#draining.abort(new LiveswapError('RETIRED', 'This version is draining.')),
      interrupt: (cause) => this.#interrupt(cause),
      idle: () => this.#openWork.whenIdle(),
      settled: (graceMs) => this.#turns.settled(graceMs),
      free: (cause) => this.#turns.free(() => this.#version?.free(cause)),
      closeResources: async () => this.#version?.closeResources(),
      flushTraces: async () => this.#version?.flushTraces(),
      lookup: (symbol) => this.#loaded.lookup(symbol),
    };
  }

  async #start(task: StartTask): Promise<ThreadFacts> {
    this.#pluginName = task.plugin;
    const imports = new Imports(task.plugin, task.limits, this.#peer, this.#gauge);
    this.#imports = imports;
    const tracing = await openTracing(task);
    const artifact = await this.#importArtifact(task);
    this.#version = new LoadedVersion({
      task,
      artifact,
      imports,
      link: this.#link,
      vault: createVaultClient(this.#link, this.#running),
      running: this.#running,
      tracing,
      openWork: this.#openWork,
      draining: this.#draining.signal,
    });
    this.#voidCallbacks.set(Scope.live, task.voidCallbacks.live);
    this.#voidCallbacks.set(Scope.export, task.voidCallbacks.exports);
    this.#voidCallbacks.set(Scope.function, task.voidCallbacks.functions);
    return this.#version.facts;
  }

  get #loaded(): LoadedVersion {
    if (this.#version) return this.#version;
    throw new LiveswapError('NOT_LOADED', 'This thread has not imported its artifact.');
  }

  #answer(wireScope: Scope, wireName: string, args: unknown[], incoming: IncomingCall): unknown {
    const { scope, name, chain } = readChain(wireScope, wireName);
    const call = chain.length === 0 ? incoming : chainedCall(incoming, name, chain);
    const answerer = this.#version?.answererOf(scope as Scope, name);
    if (!answerer) throw this.#unknown(scope as Scope, name);
    return this.#running.answerMessage(call, chain, () => answerer(...args));
  }

  #unknown(scope: Scope, name: string): LiveswapError {
    const known = this.#version?.namesOf(scope) ?? [];
    const message = `${this.#pluginName} has no ${name}${amongNames(name, known, 'it has')}`;
    return new LiveswapError('FUNCTION_UNKNOWN', message, { call: name });
  }

  #unloaded(): LiveswapError {
    const plugin = this.#pluginName;
    return new LiveswapError('RETIRED', `${plugin} was unloaded.`, { plugin });
  }
}
