import { MessageChannel } from 'node:worker_threads';
import { withDeadline } from '../core/deadline.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { settleAll } from '../core/settle-all.js';
import { Call, type CallOptions } from '../dispatch/call.js';
import type { Lane } from '../dispatch/lane.js';
import { LaneSet } from '../dispatch/lane-set.js';
import type { Methods } from '../link/channel-object.js';
import type { IncomingCall } from '../link/incoming-call.js';
import { Scope } from '../link/protocol.js';
import { versionOf } from '../manifest/hash.js';
import type { Manifest } from '../manifest/manifest.js';
import type { SwapEvent } from '../observe/events.js';
import type { ThreadPool } from '../pool/thread-pool.js';
import { CrashLoop, type CrashLoopLimit } from './crash-loop.js';
import { ThreadHandle } from './thread-handle.js';
import type { Hook, ThreadFacts, ThreadSurface } from './thread-surface.js';
import { createVersionLife, type VersionState } from './version-state.js';

/** What bounds a version; see the options of the swapper. */
export interface VersionSettings {
  readonly threads: number;
  readonly startMs: number;
  readonly freeMs: number;
  readonly drainMs: number;
  readonly concurrency: number;
  readonly maxQueued: number;
  readonly idempotentRetries: number;
  readonly crashLoop: CrashLoopLimit;
}

/** What a version needs of the host it runs in. */
export interface VersionHost {
  /** Answers what a thread of `version` calls: live functions and the extension. */
  answer(
    version: Version,
    thread: ThreadHandle,
    scope: Scope,
    name: string,
    args: unknown[],
    call: IncomingCall,
  ): unknown;
  /** What a thread of `version` may call over Comlink. */
  surface(version: Version, thread: number): Methods;
  /** The version crash-looped: its calls are refused from now on. */
  onFailed(version: Version, error: LiveswapError): void;
  emit(event: SwapEvent): void;
}

/** The artifact a version runs: an immutable copy. */
export interface VersionSource {
  readonly manifest: Manifest;
  readonly hash: string;
  /** The artifact that was read, as the user knows it. */
  readonly file: string;
  /** `file:` URL of the copy that runs. */
  readonly url: string;
}

/** One artifact of one plugin, running in a pool of its own: from its first thread to its last. */
export class Version {
  readonly source: VersionSource;
  readonly settings: VersionSettings;
  /** The versions it imports, by lower-case plugin name, and those that import it: of the same generation, always. */
  readonly dependencies = new Map<string, Version>();
  readonly dependents = new Set<Version>();
  readonly lanes: LaneSet;
  readonly loadedAt = new Date();
  /** Resolves when its threads are gone. */
  readonly retired: Promise<void>;
  readonly #pool: ThreadPool;
  readonly #host: VersionHost;
  readonly #life;
  readonly #crashes: CrashLoop;
  readonly #threads: (ThreadHandle | undefined)[] = [];
  readonly #laneOf = new Map<ThreadHandle, Lane>();
  readonly #idempotent: ReadonlySet<string>;
  #facts: ThreadFacts = { hooks: [], functions: [], exports: [] };
  #exports: readonly string[] | undefined;
  #reloadable = true;
  #data: unknown;
  #drained: Promise<void> | undefined;
  #markRetired!: () => void;

  constructor(source: VersionSource, settings: VersionSettings, pool: ThreadPool, host: VersionHost) {
    this.source = source;
    this.settings = settings;
    this.#pool = pool;
    this.#host = host;
    this.#crashes = new CrashLoop(settings.crashLoop);
    this.#idempotent = new Set(
      source.manifest.liveFunctions.filter((one) => one.idempotent).map((one) => one.name),
    );
    this.lanes = new LaneSet({
      plugin: source.manifest.name,
      concurrency: settings.concurrency,
      maxQueued: settings.maxQueued,
    });
    this.#life = createVersionLife(String(this), (next, previous) => {
      host.emit({
        type: 'version',
        plugin: this.plugin,
        version: this.id,
        state: next.kind,
        previous: previous.kind,
      });
    });
    this.retired = new Promise((resolve) => {
      this.#markRetired = resolve;
    });
  }

  get plugin(): string {
    return this.source.manifest.name;
  }

  /** Eight hexadecimal digits of the artifact's hash. */
  get id(): string {
    return versionOf(this.source.hash);
  }

  get state(): VersionState {
    return this.#life.state;
  }

  get reloadable(): boolean {
    return this.#reloadable;
  }

  /** Names of the methods that other plugins can call. */
  get exports(): readonly string[] {
    return this.#exports ?? this.#facts.exports;
  }

  /** Names of the functions that `invoke` reaches. */
  get functions(): readonly string[] {
    return this.#facts.functions;
  }

  get threads(): readonly ThreadHandle[] {
    return this.#threads.filter((thread) => thread !== undefined);
  }

  /** Whether a thread has come up and takes calls. */
  serves(thread: ThreadHandle): boolean {
    return this.#laneOf.has(thread);
  }

  toString(): string {
    return `${this.plugin}@${this.id}`;
  }

  /** Makes a call that only this version may answer; it is not sent yet. */
  prepare(scope: Scope, name: string, args: readonly unknown[], options?: CallOptions): Call {
    const retries = scope === Scope.live && this.#idempotent.has(name) ? this.settings.idempotentRetries : 0;
    return new Call(scope, name, args, retries, options);
  }

  /** Brings every thread up to where its artifact is imported. */
  async start(): Promise<void> {
    const threads = Array.from({ length: this.settings.threads }, (_, index) => this.#spawn(index));
    const facts = await settleAll(threads.map((thread) => this.#import(thread)));
    if (facts[0]) this.#facts = facts[0];
  }

  async askReloadable(): Promise<void> {
    if (!this.#facts.hooks.includes('reloadable')) return;
    const answers = await this.#inEach('reloadable', (thread) => this.#hook(thread, 'reloadable', []));
    this.#reloadable = answers.every(Boolean);
  }

  async askExports(): Promise<void> {
    if (!this.#facts.hooks.includes('exports')) return;
    const [names] = await this.#inEach('exports', (thread) => this.#hook(thread, 'exports', []));
    this.#exports = names;
  }

  /** Links each of its threads directly to each thread of `dependency`. */
  async connect(dependency: Version): Promise<void> {
    this.dependencies.set(dependency.plugin.toLowerCase(), dependency);
    dependency.dependents.add(this);
    await Promise.all(
      this.threads.flatMap((thread) => dependency.threads.map((other) => connect(thread, other))),
    );
  }

  async load(data: unknown): Promise<void> {
    this.#data = data;
    await this.#inEach('onLoad', (thread) => this.#hook(thread, 'load', [data]));
  }

  async init(): Promise<void> {
    await this.#inEach('onInit', (thread) => this.#hook(thread, 'init', []));
  }

  /** Opens its lanes: every thread has come up. */
  ready(): void {
    for (const thread of this.threads) {
      // It may have died since its last hook: that fails the start, like any other death on the way.
      if (thread.death) throw thread.death;
      this.#laneOf.set(thread, this.lanes.add(thread.name.thread, thread.link));
    }
    this.#life.transition({ kind: 'ready' });
  }

  activate(): void {
    if (this.state.kind !== 'ready') return;
    this.#life.transition({ kind: 'active' });
    for (const { death, name } of this.threads) if (death) this.#recover(name.thread, death);
  }

  /** The value of an exported symbol of the root module. @throws `SYMBOL_UNKNOWN`, `RETIRED`, `NOT_CLONEABLE` */
  async lookup(symbol: string): Promise<unknown> {
    const [thread] = this.threads;
    if (!thread) throw this.#gone();
    return thread.ask('lookup', [symbol]);
  }

  /**
   * Lets what is pending finish, then frees it. What waits in its queue goes to `newest`, when there is one. Resolves when
   * its threads are gone; idempotent.
   */
  drain(newest?: (call: Call) => void): Promise<void> {
    this.#drained ??= this.#drain(newest);
    return this.#drained;
  }

  /** Runs `onFree` in its threads and ends them, without waiting for what is pending: its start failed. */
  async abandon(error: LiveswapError): Promise<void> {
    if (this.state.kind === 'retired') return;
    if (this.state.kind !== 'failed') this.#life.transition({ kind: 'failed', error });
    this.lanes.refuse(error);
    await this.#free();
    await this.#end(error);
  }

  /** Ends its threads now; what is pending rejects with `error`. */
  async destroy(error: LiveswapError): Promise<void> {
    if (this.state.kind === 'retired') return;
    this.lanes.refuse(error);
    for (const thread of this.threads) thread.cut(error);
    await this.#end(error);
  }

  async #drain(newest?: (call: Call) => void): Promise<void> {
    if (this.state.kind === 'ready') this.#life.transition({ kind: 'active' });
    if (this.state.kind === 'active') this.#life.transition({ kind: 'draining', since: Date.now() });
    if (newest) this.lanes.handOver(newest);
    for (const thread of this.threads) thread.ask('drain', []).catch(() => {});
    const { drainMs } = this.settings;
    try {
      await withDeadline(this.#whenQuiet(), drainMs, () => this.#drainTimeout());
    } catch (error) {
      for (const thread of this.threads) thread.cut(error as LiveswapError);
      await Promise.all([...this.dependents].map((dependent) => dependent.retired));
    }
    this.lanes.refuse(this.#gone());
    await this.#free();
    await this.#end(this.#gone());
  }

  async #whenQuiet(): Promise<void> {
    await Promise.all([...this.dependents].map((dependent) => dependent.retired));
    await this.whenIdle();
  }

  /** Resolves when nothing is pending and nothing is held open. */
  async whenIdle(): Promise<void> {
    do {
      await this.lanes.whenIdle();
      await Promise.all(this.threads.map((thread) => thread.ask('idle', []).catch(() => {})));
    } while (this.lanes.pending > 0 || this.lanes.queued > 0);
  }

  async #free(): Promise<void> {
    if (!this.#facts.hooks.includes('onFree')) return;
    const { freeMs } = this.settings;
    const freed = this.threads.map(async (thread) => {
      const late = (): LiveswapError =>
        this.#hookError(thread, 'onFree', `it did not settle within ${freeMs} ms`);
      try {
        await thread.ask('free', [], freeMs, late);
      } catch (cause) {
        const error = cause instanceof LiveswapError && cause.code === 'HOOK_FAILED' ? cause : undefined;
        this.#host.emit({
          type: 'hookFailed',
          error: error ?? this.#hookError(thread, 'onFree', messageOf(cause), cause),
        });
      }
    });
    await Promise.all(freed);
  }

  async #end(cause: LiveswapError): Promise<void> {
    for (const thread of this.threads) thread.cut(cause);
    this.#threads.length = 0;
    await this.#pool.close();
    for (const dependency of this.dependencies.values()) dependency.dependents.delete(this);
    const { kind } = this.state;
    if (kind === 'retired') return;
    if (kind === 'starting' || kind === 'ready') this.#life.transition({ kind: 'failed', error: cause });
    if (kind === 'active') this.#life.transition({ kind: 'draining', since: Date.now() });
    this.#life.transition({ kind: 'retired' });
    this.#markRetired();
  }

  #spawn(index: number): ThreadHandle {
    const thread: ThreadHandle = new ThreadHandle(
      { plugin: this.plugin, version: this.id, thread: index },
      this.#pool.serve(),
      (scope, name, args, call) => this.#host.answer(this, thread, scope, name, args, call),
      this.#host.surface(this, index),
      (dead, error) => this.#onDeath(dead, error),
    );
    this.#threads[index] = thread;
    return thread;
  }

  async #import(thread: ThreadHandle): Promise<ThreadFacts> {
    const { startMs, threads } = this.settings;
    const { manifest, url } = this.source;
    const { plugin, version, thread: index } = thread.name;
    const fail = (code: 'START_FAILED' | 'START_TIMEOUT', why: string, cause?: unknown): LiveswapError =>
      new LiveswapError(code, `Cannot start ${this} from ${this.source.file}: thread ${index} ${why}`, {
        ...thread.name,
        file: this.source.file,
        cause,
      });
    try {
      return await thread.ask(
        'start',
        [{ plugin, version, index, count: threads, url, liveTypes: manifest.liveTypes }],
        startMs,
        () =>
          fail(
            'START_TIMEOUT',
            `was not up within ${startMs} ms; look for a loop or an await that never ends at its top level, or raise startMs.`,
          ),
      );
    } catch (cause) {
      if (cause instanceof LiveswapError && cause.code === 'START_TIMEOUT') throw cause;
      throw fail('START_FAILED', `failed: ${messageOf(cause)}`, cause);
    }
  }

  async #inEach<T>(hook: Hook, run: (thread: ThreadHandle) => Promise<T>): Promise<T[]> {
    if (!this.#facts.hooks.includes(hook)) return [];
    return settleAll(this.threads.map(run));
  }

  async #hook<Name extends 'reloadable' | 'exports' | 'load' | 'init'>(
    thread: ThreadHandle,
    method: Name,
    args: Parameters<ThreadSurface[Name]>,
  ): Promise<Awaited<ReturnType<ThreadSurface[Name]>>> {
    const hook = ({ reloadable: 'reloadable', exports: 'exports', load: 'onLoad', init: 'onInit' } as const)[
      method
    ];
    const { startMs } = this.settings;
    const late = (): LiveswapError =>
      this.#hookError(thread, hook, `it did not settle within ${startMs} ms (startMs)`);
    try {
      return await thread.ask(method, args, startMs, late);
    } catch (cause) {
      if (cause instanceof LiveswapError && cause.code === 'HOOK_FAILED' && cause['hook'] === hook)
        throw cause;
      throw this.#hookError(thread, hook, messageOf(cause), cause);
    }
  }

  #hookError(thread: ThreadHandle, hook: Hook, why: string, cause?: unknown): LiveswapError {
    return new LiveswapError(
      'HOOK_FAILED',
      `${hook} of ${this} failed in thread ${thread.name.thread}: ${why}`,
      {
        ...thread.name,
        hook,
        cause,
      },
    );
  }

  #onDeath(thread: ThreadHandle, error: LiveswapError): void {
    const lane = this.#laneOf.get(thread);
    if (lane) this.lanes.remove(lane, error);
    this.#laneOf.delete(thread);
    this.#host.emit({ type: 'threadCrashed', ...thread.name, error });
    const { kind } = this.state;
    if (kind === 'active') return this.#recover(thread.name.thread, error);
    // Nobody will take what still waits.
    if (kind === 'draining' && this.lanes.lanes.length === 0) this.lanes.refuse(error);
  }

  #recover(index: number, error: LiveswapError): void {
    const delay = this.#crashes.record();
    if (delay === 'gaveUp') return this.#fail(error);
    setTimeout(() => void this.#replace(index), delay);
  }

  #fail(cause: LiveswapError): void {
    const { crashes, withinMs } = this.settings.crashLoop;
    const error = new LiveswapError(
      'VERSION_FAILED',
      `${this} is given up: its threads died ${crashes} times within ${withinMs} ms; reload a version that works.`,
      { plugin: this.plugin, version: this.id, cause },
    );
    this.#life.transition({ kind: 'failed', error });
    this.lanes.refuse(error);
    this.#host.onFailed(this, error);
  }

  /** Puts a new thread in the place of a dead one, with everything the others went through. */
  async #replace(index: number): Promise<void> {
    if (this.state.kind !== 'active') return;
    const thread = this.#spawn(index);
    try {
      await this.#import(thread);
      const asked = new Set(this.#facts.hooks);
      if (asked.has('exports')) await this.#hook(thread, 'exports', []);
      const links = [
        ...[...this.dependencies.values()].flatMap((other) =>
          other.threads.map((one) => connect(thread, one)),
        ),
        ...[...this.dependents].flatMap((other) => other.threads.map((one) => connect(one, thread))),
      ];
      await Promise.all(links);
      if (asked.has('onLoad')) await this.#hook(thread, 'load', [this.#data]);
      if (asked.has('onInit')) await this.#hook(thread, 'init', []);
    } catch (error) {
      // A death has been dealt with; a failure of a living thread counts like one.
      if (!thread.death) {
        thread.cut(error as LiveswapError);
        this.#onDeath(thread, error as LiveswapError);
      }
      return;
    }
    if (thread.death) return;
    this.#laneOf.set(thread, this.lanes.add(index, thread.link));
    this.#host.emit({ type: 'threadReplaced', ...thread.name });
  }

  #drainTimeout(): LiveswapError {
    const { drainMs } = this.settings;
    const held = this.threads.reduce((sum, thread) => sum + thread.held, 0);
    return new LiveswapError(
      'DRAIN_TIMEOUT',
      `Cannot retire ${this}: ${this.lanes.pending} calls pending and ${held} streams or promises open after ${drainMs} ms; raise drainMs, or end them when context.signal is aborted.`,
      { plugin: this.plugin, version: this.id, drainMs },
    );
  }

  #gone(): LiveswapError {
    return new LiveswapError('RETIRED', `${this} has left: call a newer version.`, {
      plugin: this.plugin,
      version: this.id,
    });
  }
}

/** Gives two threads the two ends of a direct link. */
async function connect(importer: ThreadHandle, dependency: ThreadHandle): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await Promise.all([
    dependency.ask('acceptImporter', [port2]),
    importer.ask('bindImport', [dependency.name.plugin, dependency.name.thread, port1]),
  ]);
}
