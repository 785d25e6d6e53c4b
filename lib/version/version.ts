import type { MessagePort } from 'node:worker_threads';
import type { ServiceName } from '../surface/thread-surface.js';
import type { LiveswapError } from '../core/errors.js';
import { outsideContext } from '../core/async-context.js';
import { Call, type CallRequest } from '../dispatch/call.js';
import type { Connection } from '../dispatch/connection.js';
import type { Balancer } from '../dispatch/balancer.js';
import { canSendAgain } from '../link/can-send-again.js';
import { copyArguments } from '../link/copy-arguments.js';
import { Scope } from '../link/protocol.js';
import { versionOf } from '../manifest/hash.js';
import { keyOf } from '../manifest/plugin-key.js';
import { titleOf, type RunnableArtifact } from '../manifest/runnable-artifact.js';
import { homeFinder, homesOf } from '../surface/homes.js';
import { CallStats } from '../observe/call-stats.js';
import type { ThreadPool } from '../pool/thread-pool.js';
import type { Exporter } from './connect-threads.js';
import type { GiveUp } from './crash-loop.js';
import { OutsideWork } from './outside-work.js';
import { Renewal } from './renewal.js';
import { handToThread } from './recycling.js';
import { Shutdown, type DrainOptions } from './shutdown.js';
import { Supervisor } from './supervisor.js';
import { ThreadGroup } from './thread-group.js';
import { ThreadHandle } from './thread-handle.js';
import type { Cause } from '../plugin/cause.js';
import { ThreadSteps, type StartFacts } from './thread-steps.js';
import { VersionActivity } from './version-activity.js';
import { drainTimeout, noThreadError, retiredError, threadLate, versionFailed } from './version-errors.js';
import type { VersionHost } from './version-host.js';
import type { VersionSettings } from './version-settings.js';
import { createVersionLife, type VersionState } from './version-state.js';

/** One artifact of one plugin, running in a pool of its own, from its first thread to its last. */
export class Version {
  readonly artifact: RunnableArtifact;
  readonly settings: VersionSettings;
  /** The versions that this one imports, by lower-case plugin name, and those that import it: always of the same generation. */
  readonly dependencies = new Map<string, Version>();
  readonly dependents = new Set<Version>();
  readonly calls = new CallStats();
  readonly loadedAt = new Date();
  /** Work that reached the threads other than by calls. */
  readonly outsideWork = new OutsideWork((ms, failed) => this.#record(ms, failed));
  readonly #host: VersionHost<Version>;
  /** The work of the version while it is the active one. */
  readonly activity: VersionActivity;
  /** The reason why the version leaves; while it comes up, the reason why it comes up. */
  leavesBy: Cause = 'load';
  readonly #life;
  readonly #steps: ThreadSteps;
  readonly #group: ThreadGroup;
  readonly #supervisor: Supervisor;
  readonly #renewal: Renewal;
  readonly #shutdown: Shutdown;
  readonly #idempotent: ReadonlySet<string>;
  #exports: readonly string[] | undefined;
  #reloadable = true;
  #data: unknown;
  #youngUntil = -Infinity;

  constructor(
    artifact: RunnableArtifact,
    settings: VersionSettings,
    pool: ThreadPool,
    host: VersionHost<Version>,
  ) {
    this.artifact = artifact;
    this.settings = settings;
    this.#host = host;
    const { name: plugin, liveFunctions } = artifact.manifest;
    const emit: VersionHost<Version>['emit'] = (event) => host.emit(event);
    this.#idempotent = new Set(liveFunctions.filter((one) => one.idempotent).map((one) => one.name));
    this.#life = createVersionLife(String(this), (next, previous) => {
      emit({ type: 'version', plugin, version: this.id, state: next.kind, previous: previous.kind });
    });
    this.#steps = new ThreadSteps(artifact, settings);
    this.activity = new VersionActivity({
      subject: String(this),
      exclusive: this.exclusive,
      startMs: settings.startMs,
      yieldMs: settings.yieldMs,
      steps: this.#steps,
      threads: () => this.establishedThreads,
    });
    const { concurrency, maxQueued } = settings;
    const homes = homesOf(artifact.manifest, settings.threads);
    this.#group = new ThreadGroup({
      balancer: {
        plugin,
        concurrency,
        maxQueued,
        copyArguments,
        homeOf: homes && homeFinder(homes),
        probe: (connection) => this.#group.probe(connection),
        onSettled: ({ madeAt }, failed) => this.#record(performance.now() - madeAt, failed),
      },
      homes,
      outsideWork: this.outsideWork,
      steps: this.#steps,
      spawn: (index) => this.#spawn(index, pool),
      importers: () => [...this.dependents].flatMap((dependent) => dependent.threads),
      close: (graceMs) => pool.close(graceMs),
      takeIn: (thread, former) => this.#takeIn(thread, former),
      saved: () => {
        // The saved state itself may be what crashes the thread.
        if (this.#supervisor.isLastTry) this.activity.forgetSaved();
        return this.activity.saved;
      },
    });
    this.#supervisor = new Supervisor({
      settings,
      state: () => this.state,
      group: this.#group,
      isImported: () => this.dependents.size > 0,
      hasHomes: homes !== undefined,
      replace: (index) => this.#group.replace(index, () => this.#exporters),
      giveUp: (verdict, cause) => this.#giveUp(verdict, cause),
      revive: () => this.#life.transition({ kind: 'active' }),
      emit,
    });
    this.#renewal = new Renewal({
      settings,
      group: this.#group,
      isNeeded: () => this.#supervisor.isNeeded,
      replace: (index) => this.#group.replace(index, () => this.#exporters),
      fill: (index) => this.#supervisor.replace(index, 'abandoned'),
      late: (thread) => threadLate(this, thread, settings.drainMs),
      emit,
    });
    this.#shutdown = new Shutdown({
      life: this.#life,
      settings,
      group: this.#group,
      dependentsRetired: () => Promise.all([...this.dependents].map(({ retired }) => retired)),
      onEnding: () => {
        this.#supervisor.stop();
        this.#renewal.stop();
      },
      leavesBy: () => this.leavesBy,
      exclusive: this.exclusive,
      activity: this.activity,
      late: () => drainTimeout(this, settings.drainMs),
      gone: () => retiredError(this),
      emit,
    });
    void this.retired.then(() => {
      for (const dependency of this.dependencies.values()) dependency.dependents.delete(this);
    });
  }

  /** The connections to the threads, and the calls that wait for them. */
  get balancer(): Balancer {
    return this.#group.balancer;
  }

  get plugin(): string {
    return this.artifact.manifest.name;
  }

  /** Eight hexadecimal digits of the artifact's hash. */
  get id(): string {
    return versionOf(this.artifact.hash);
  }

  /** Resolves when the version's threads are gone. */
  get retired(): Promise<void> {
    return this.#shutdown.retired;
  }

  get state(): VersionState {
    return this.#life.state;
  }

  /** True when only one version of the plugin may run at a time. */
  get exclusive(): boolean {
    return this.artifact.manifest.exclusive ?? false;
  }

  get reloadable(): boolean {
    return this.#reloadable;
  }

  /**
   * True while the version became current so recently, and for the first time, that the change itself may have caused a crash
   * loop.
   */
  get isYoung(): boolean {
    return performance.now() < this.#youngUntil;
  }

  /** True when the version has an `onLoad`. */
  get takesData(): boolean {
    return this.#steps.facts.hooks.includes('onLoad');
  }

  /** The data given to `onLoad`, also in replacement threads. */
  get data(): unknown {
    return this.#data;
  }

  /** Names of the methods that other plugins can call. */
  get exports(): readonly string[] {
    return this.#exports ?? this.#steps.facts.exports;
  }

  /** Names of the functions that `invoke` reaches. */
  get functions(): readonly string[] {
    return this.#steps.facts.functions;
  }

  /** Keys of the definition besides hooks and tables, which layers above may serve. */
  get offers(): readonly string[] {
    return this.#steps.facts.offers;
  }

  get threads(): readonly ThreadHandle[] {
    return this.#group.threads;
  }

  /** The threads but for those that come up to replace another. */
  get establishedThreads(): readonly ThreadHandle[] {
    return this.#group.threads.filter((thread) => !this.#group.isComing(thread));
  }

  /** Returns whether a thread takes calls. */
  serves(thread: ThreadHandle): boolean {
    return this.#group.serves(thread);
  }

  /**
   * Begins a service of a layer above in a thread. Resolves to the host's end of its port once it is up.
   *
   * @throws `HOOK_FAILED`
   */
  openService(thread: ThreadHandle, name: ServiceName, options: unknown): Promise<MessagePort> {
    return this.#steps.openService(thread, name, options);
  }

  /** Returns whether a thread was replaced and takes no more calls; its pending work goes on. */
  isLeaving(thread: ThreadHandle): boolean {
    return this.#group.isLeaving(thread);
  }

  /** Returns the connection to a thread that takes calls, or has taken some. */
  connectionOf(thread: ThreadHandle): Connection | undefined {
    return this.#group.connectionOf(thread);
  }

  /** Returns whether a thread has not yet been through all of its hooks. */
  isComingUp(thread: ThreadHandle): boolean {
    return this.state.kind === 'starting' || this.#group.isComing(thread);
  }

  toString(): string {
    return titleOf(this.artifact);
  }

  /** Makes a call that only this version may answer, without sending it yet. */
  prepare(request: CallRequest, pinned: boolean): Call {
    const { scope, name, args } = request;
    const mayRetry = scope === Scope.live && this.#idempotent.has(name) && canSendAgain(args);
    return new Call(this.#withDeadline(request), mayRetry ? this.settings.idempotentRetries : 0, pinned);
  }

  /** Applies the plugin's deadline to calls of the host that do not have their own; `invoke` has no deadline. */
  #withDeadline(request: CallRequest): CallRequest {
    const { callTimeoutMs: timeoutMs } = this.settings;
    const isExempt = request.nested === true || request.scope === Scope.function;
    if (timeoutMs === undefined || isExempt || request.options?.timeoutMs !== undefined) return request;
    return { ...request, options: { ...request.options, timeoutMs } };
  }

  /** Starts every thread and imports the artifact in each. */
  start(facts: StartFacts): Promise<void> {
    this.leavesBy = facts.cause;
    this.#steps.begin(facts);
    return this.#group.start(this.settings.threads);
  }

  async askReloadable(): Promise<void> {
    const answers = await this.#steps.run(this.threads, 'reloadable', []);
    this.#reloadable = answers.every((answer) => answer);
  }

  async askExports(): Promise<void> {
    [this.#exports] = await this.#steps.run(this.threads, 'exports', []);
  }

  /** Lets each thread call the threads of `dependencies` directly. */
  async connect(dependencies: readonly Version[]): Promise<void> {
    for (const dependency of dependencies) {
      this.dependencies.set(keyOf(dependency.plugin), dependency);
      dependency.dependents.add(this);
    }
    await this.#group.openImports(this.#exporters);
  }

  load(data: unknown): Promise<void> {
    this.#data = data;
    return this.#group.load(data);
  }

  /** Starts to take calls: the first ones come from hooks of the same generation. */
  open(): void {
    this.#group.open();
  }

  async init(): Promise<void> {
    await this.#steps.run(this.threads, 'init', []);
  }

  /** Marks the version as ready once every thread has come up. */
  ready(): void {
    // A thread may have died since its last hook: that fails the start, like any other death on the way.
    for (const { death } of this.threads) if (death) throw death;
    this.#life.transition({ kind: 'ready' });
  }

  /** Marks the version as active: its generation is current, after a rollback if `isBroughtBack`. */
  activate(isBroughtBack = false): void {
    if (this.state.kind !== 'ready') return;
    if (!isBroughtBack) this.#youngUntil = performance.now() + this.settings.crashLoop.rollbackWithinMs;
    this.#life.transition({ kind: 'active' });
    this.leavesBy = 'close';
    outsideContext(() => {
      this.#supervisor.start();
      this.#renewal.start();
    });
  }

  /**
   * Returns the value of an exported symbol of the root module.
   *
   * @throws `SYMBOL_UNKNOWN`, `NOT_CLONEABLE`, and the reason why no thread serves
   */
  async lookup(symbol: string): Promise<unknown> {
    const thread = this.threads.find((one) => this.serves(one));
    if (thread) return thread.ask('lookup', [symbol]);
    if (this.state.kind === 'failed') throw this.state.error;
    throw this.state.kind === 'retired' ? retiredError(this) : noThreadError(this);
  }

  /** Aborts `context.signal` in the threads, so that work which runs until it is told to stop comes to its end. */
  announceDrain(): void {
    this.#group.announceDrain();
  }

  /** Ends the work of the active version; a failure is emitted as an event. */
  yield(): Promise<void> {
    return this.#shutdown.yield();
  }

  /** Lets pending work finish, then frees the version. Resolves when its threads are gone; idempotent. */
  drain(options: DrainOptions = {}): Promise<void> {
    return this.#shutdown.drain(options);
  }

  /** Gives up the pending work of a draining version: it rejects with `error`, and the version ends. */
  cut(error: LiveswapError): void {
    this.#shutdown.cut(error);
  }

  /** Stops the start of the version. Resolves when none of its hooks is running any more. */
  halt(error: LiveswapError): Promise<void> {
    return this.#shutdown.halt(error);
  }

  /** Runs `onFree` in the threads and ends them, without waiting for pending work. */
  abandon(error: LiveswapError): Promise<void> {
    return this.#shutdown.abandon(error);
  }

  /** Ends the threads now; pending work rejects with `error`. */
  destroy(error: LiveswapError): Promise<void> {
    return this.#shutdown.destroy(error);
  }

  /** True when nothing is pending and nothing is held open. */
  get isIdle(): boolean {
    return this.#group.isIdle;
  }

  /** Resolves when nothing is pending and nothing is held open. */
  whenIdle(): Promise<void> {
    return this.#group.whenIdle();
  }

  /** The imports of this version, as its threads need to know them. */
  get #exporters(): Exporter[] {
    return Array.from(this.dependencies.values(), (dependency) =>
      dependency.#group.exporter(dependency.state.kind !== 'starting'),
    );
  }

  #spawn(index: number, pool: ThreadPool): ThreadHandle {
    const host = this.#host;
    const thread: ThreadHandle = new ThreadHandle(
      { plugin: this.plugin, version: this.id, thread: index },
      pool.serve(),
      {
        answer: (scope, name, args, call) => host.answer(this, thread, scope, name, args, call),
        surface: host.surface(this, index),
        onUntaken: (facts, error) => host.emit({ type: 'callbackRejected', ...thread.name, ...facts, error }),
        onDeath: (dead, error) => this.#supervisor.onDeath(dead, error),
        onLingering: ({ name }, ms) => host.emit({ type: 'threadLingers', ...name, ms }),
      },
    );
    return thread;
  }

  #record(ms: number, failed: boolean): void {
    this.calls.record(ms, failed);
    this.#host.onSettled(this, ms, failed);
  }

  async #takeIn(thread: ThreadHandle, former: ThreadHandle | undefined): Promise<() => void> {
    const endTurn = await this.activity.takeTurn();
    try {
      const openGate = await this.#giveActivityTo(thread, former);
      return () => {
        openGate();
        endTurn();
      };
    } catch (error) {
      endTurn();
      throw error;
    }
  }

  async #giveActivityTo(thread: ThreadHandle, former: ThreadHandle | undefined): Promise<() => void> {
    const { activity, exclusive, settings } = this;
    if (former && activity.isActive) {
      const deps = { activity, balancer: () => this.balancer, exclusive, yieldMs: settings.yieldMs };
      try {
        return await handToThread(former, thread, deps);
      } catch (error) {
        // A thread that serves goes on. Nothing more can be retrieved from one that was withdrawn, which may be stuck.
        if (this.serves(former)) throw error;
      }
    }
    await activity.activateThread(thread, 'crash');
    if (thread.death) throw thread.death;
    return () => {};
  }

  #giveUp(verdict: GiveUp, cause: LiveswapError): LiveswapError {
    const error = versionFailed(this, verdict, cause);
    // A draining version goes on to its end.
    if (this.state.kind === 'active') {
      this.#life.transition({ kind: 'failed', error });
      this.#host.emit({ type: 'versionFailed', plugin: this.plugin, version: this.id, error });
      this.#host.onFailed(this);
    }
    return error;
  }
}
