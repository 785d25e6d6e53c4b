import type { MessagePort } from 'node:worker_threads';
import type { ServiceName } from '../surface/thread-surface.js';
import type { LiveswapError } from '../core/errors.js';
import { outsideContext } from '../core/async-context.js';
import type { Call } from '../dispatch/call.js';
import type { CallRequest } from '../dispatch/call-request.js';
import type { Balancer } from '../dispatch/balancer.js';
import { copyArguments } from '../link/copy-arguments.js';
import { versionOf } from '../manifest/hash.js';
import { keyOf } from '../core/plugin-key.js';
import { performance } from '../core/timers.js';
import { titleOf, type RunnableArtifact } from '../manifest/runnable-artifact.js';
import { homeFinder, homesOf } from '../surface/homes.js';
import { CallStats } from '../observe/call-stats.js';
import type { ThreadPool } from '../pool/thread-pool.js';
import type { Exporter } from './connect-threads.js';
import { changingCalls, type IsChanging } from './changing-calls.js';
import { CallPolicy } from './call-policy.js';
import type { GiveUp } from './crash-loop.js';
import { DefinitionFacts } from './definition-facts.js';
import { isAwaitedInTurn } from './mutual-start.js';
import { OutsideWork } from './outside-work.js';
import { takeIn } from './take-in.js';
import { Shutdown } from './shutdown.js';
import { spawnThread } from './spawn-thread.js';
import { ThreadGroup, type GroupView } from './thread-group.js';
import type { ThreadHandle } from './thread-handle.js';
import type { Cause } from '../plugin/cause.js';
import { Upkeep } from './upkeep.js';
import { ThreadSteps, type StartFacts } from './thread-steps.js';
import { VersionActivity } from './version-activity.js';
import { drainTimeout, retiredError, threadGone, threadLate, versionFailed } from './version-errors.js';
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
  /** Notes for people, as sentences; a layer above adds them. */
  readonly remarks = new Set<string>();
  /** Returns whether a call may change something. */
  readonly isChanging: IsChanging;
  /** Work that reached the threads other than by calls. */
  readonly outsideWork = new OutsideWork((ms, failed) => this.calls.record(ms, failed));
  readonly #host: VersionHost<Version>;
  /** The work of the version while it is the active one. */
  readonly activity: VersionActivity;
  /** The reason why the version leaves; while it comes up, the reason why it comes up. */
  leavesBy: Cause = 'load';
  readonly #life;
  /** Facts about the plugin's definition, known once the threads have started. */
  readonly definition: DefinitionFacts;
  readonly #steps: ThreadSteps;
  readonly #group: ThreadGroup;
  readonly #upkeep: Upkeep;
  /** The ways in which the version ends. */
  readonly shutdown: Shutdown;
  readonly #callPolicy: CallPolicy;
  #youngUntil = -Infinity;

  constructor(
    artifact: RunnableArtifact,
    settings: VersionSettings,
    pool: ThreadPool,
    host: VersionHost<Version>,
  ) {
    this.artifact = artifact;
    this.settings = settings;
    this.isChanging = changingCalls(artifact.manifest);
    this.#host = host;
    const { name: plugin } = artifact.manifest;
    const emit: VersionHost<Version>['emit'] = (event) => host.emit(event);
    this.#callPolicy = new CallPolicy(artifact.manifest, settings, {
      plugin,
      version: this.id,
      generation: () => host.generation(),
    });
    this.#life = createVersionLife(String(this), (next, previous) => {
      emit({ type: 'version', plugin, version: this.id, state: next.kind, previous: previous.kind });
    });
    this.#steps = new ThreadSteps(artifact, settings, host.environment);
    this.definition = new DefinitionFacts(this.#steps);
    this.activity = new VersionActivity({
      subject: String(this),
      exclusive: this.exclusive,
      startMs: settings.startMs,
      yieldMs: settings.yieldMs,
      steps: this.#steps,
      threads: () => this.#group.established,
      isLastTry: () => this.#upkeep.isLastTry,
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
        onSettled: ({ madeAt }, failed) => this.calls.record(performance.now() - madeAt, failed),
      },
      homes,
      outsideWork: this.outsideWork,
      steps: this.#steps,
      spawn: (index) =>
        spawnThread(this, index, { pool, host, onDeath: (dead, error) => this.#upkeep.onDeath(dead, error) }),
      importers: () => [...this.dependents].flatMap((dependent) => dependent.threads),
      close: (graceMs) => pool.close(graceMs),
      takeIn: (thread, former) =>
        takeIn(thread, former, {
          activity: this.activity,
          group: this.#group,
          outsideWork: this.outsideWork,
          isChanging: this.isChanging,
          exclusive: this.exclusive,
          yieldMs: settings.yieldMs,
          takeGates: () => host.takeGates(),
          versions: () => host.versions(),
        }),
      pourLatest: (thread) => this.activity.pourLatest(thread),
      isAwaitedInTurn: (call) => isAwaitedInTurn(call, this, host.versions()),
    });
    this.#upkeep = new Upkeep({
      settings,
      group: this.#group,
      state: () => this.state,
      isImported: () => this.dependents.size > 0,
      hasHomes: homes !== undefined,
      exporters: () => this.#exporters,
      giveUp: (verdict, cause) => this.#giveUp(verdict, cause),
      revive: () => this.#life.transition({ kind: 'active' }),
      late: (thread) => threadLate(this, thread, settings.drainMs),
      gone: (thread) => threadGone(this, thread),
      emit,
    });
    this.shutdown = new Shutdown({
      life: this.#life,
      settings,
      group: this.#group,
      dependentsRetired: () => Promise.all([...this.dependents].map(({ retired }) => retired)),
      onEnding: () => this.#upkeep.stop(),
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

  /** The threads by their standing, and the connection to each. */
  get group(): GroupView {
    return this.#group;
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
    return this.shutdown.retired;
  }

  get state(): VersionState {
    return this.#life.state;
  }

  /** True when only one version of the plugin may run at a time. */
  get exclusive(): boolean {
    return this.artifact.manifest.exclusive ?? false;
  }

  /**
   * True while the version became current so recently, and for the first time, that the change itself may have caused a crash
   * loop.
   */
  get isYoung(): boolean {
    return performance.now() < this.#youngUntil;
  }

  /** The data given to `onLoad`, also in replacement threads. */
  get data(): unknown {
    return this.#group.data;
  }

  get threads(): readonly ThreadHandle[] {
    return this.#group.threads;
  }

  /**
   * Begins a service of a layer above in a thread. Resolves to the host's end of its port once it is up.
   *
   * @throws `HOOK_FAILED`
   */
  openService(thread: ThreadHandle, name: ServiceName, options: unknown): Promise<MessagePort> {
    return this.#steps.openService(thread, name, options);
  }

  /**
   * Ends the threads, as those of a retired version end, while the version stays in its state and new work waits. Resolves to a
   * function that puts new threads in their places.
   */
  rest(): Promise<() => Promise<void>> {
    return this.#upkeep.rest();
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
    return this.#callPolicy.prepare(request, pinned);
  }

  /** Starts every thread and imports the artifact in each. */
  start(facts: StartFacts): Promise<void> {
    this.leavesBy = facts.cause;
    this.#steps.begin(facts);
    return this.#group.start(this.settings.threads);
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
    return this.#group.load(data);
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
    outsideContext(() => this.#upkeep.start());
  }

  /** The imports of this version, as its threads need to know them. */
  get #exporters(): Exporter[] {
    return Array.from(this.dependencies.values(), (dependency) =>
      dependency.#group.exporter(dependency.state.kind !== 'starting'),
    );
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
