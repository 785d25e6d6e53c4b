import { withDeadline } from '../core/deadline.js';
import { messageOf, type LiveswapError } from '../core/errors.js';
import type { Methods } from '../link/channel-object.js';
import type { IncomingCall } from '../link/incoming-call.js';
import type { Scope } from '../link/protocol.js';
import { versionOf } from '../manifest/hash.js';
import type { ThreadPool } from '../pool/thread-pool.js';
import { openImport, type Exporter } from './connect-threads.js';
import { revivedParametersOf } from '../surface/revived-parameters.js';
import { ThreadHandle } from './thread-handle.js';
import type { Hook, ThreadFacts, ThreadSurface } from '../surface/thread-surface.js';
import { hookFailed, startFailed, startTimeout } from './version-errors.js';
import type { VersionSettings } from './version-settings.js';
import type { VersionSource } from './version-source.js';

/** Whom the threads of a version work for. */
export interface ThreadGroupCallbacks {
  /** Answers what `thread` calls. */
  answer(thread: ThreadHandle, scope: Scope, name: string, args: unknown[], call: IncomingCall): unknown;
  /** What thread `index` may call over Comlink. */
  surface(index: number): Methods;
  /** A thread died by itself. */
  onDeath(thread: ThreadHandle, error: LiveswapError): void;
}

/** The hooks that a thread is asked to run one by one, by the names they have on its surface. */
const hookOf = {
  reloadable: 'reloadable',
  exports: 'exports',
  openResources: 'resource',
  load: 'onLoad',
  init: 'onInit',
} as const;
type HookMethod = keyof typeof hookOf;
type HookResult<Method extends HookMethod> = Awaited<ReturnType<ThreadSurface[Method]>>;

/** When a load has failed: how long a hook that is under way may take to end, and its thread to say so, in milliseconds. */
const HOOK_GRACE_MS = 500;
const SILENCE_MS = 1_000;

/** The threads of one version: brought up, taken through the hooks together, freed, ended. */
export class ThreadGroup {
  readonly #source: VersionSource;
  readonly #settings: VersionSettings;
  readonly #pool: ThreadPool;
  readonly #lead: ThreadGroupCallbacks;
  readonly #threads: (ThreadHandle | undefined)[] = [];
  #facts: ThreadFacts = { hooks: [], functions: [], exports: [] };
  #data: unknown;

  constructor(
    source: VersionSource,
    settings: VersionSettings,
    pool: ThreadPool,
    lead: ThreadGroupCallbacks,
  ) {
    this.#source = source;
    this.#settings = settings;
    this.#pool = pool;
    this.#lead = lead;
  }

  /** Those that were not ended; a dead one stays until it is replaced. */
  get threads(): readonly ThreadHandle[] {
    return this.#threads.filter((thread) => thread !== undefined);
  }

  /** What the artifact says of itself, once a thread has imported it. */
  get facts(): ThreadFacts {
    return this.#facts;
  }

  /** Brings every thread up to where its artifact is imported. @throws `START_FAILED`, `START_TIMEOUT` */
  async start(): Promise<void> {
    const threads = Array.from({ length: this.#settings.threads }, (_, index) => this.#spawn(index));
    await Promise.all(threads.map((thread) => this.#import(thread)));
  }

  /** Runs a hook in every thread; resolves to no results when the plugin does not have it. @throws `HOOK_FAILED` */
  async run<Method extends HookMethod>(
    method: Method,
    args: Parameters<ThreadSurface[Method]>,
  ): Promise<HookResult<Method>[]> {
    if (!this.#has(hookOf[method])) return [];
    return Promise.all(this.threads.map((thread) => this.#hook(thread, method, args)));
  }

  /** Opens the resources and runs `onLoad` in every thread, and later in those that replace one. */
  async load(data: unknown): Promise<void> {
    this.#data = data;
    await this.run('openResources', ['load']);
    await this.run('load', [data]);
  }

  /** Lets each thread call what it imports. */
  async openImports(exporters: readonly Exporter[]): Promise<void> {
    await Promise.all(this.threads.map((thread) => this.#openImports(thread, exporters)));
  }

  /**
   * Puts a new thread in the place of a dead one, with everything the others went through. Resolves to it, or to
   * `undefined` when it did not come up: its death has been announced then.
   */
  async replace(index: number, exporters: () => readonly Exporter[]): Promise<ThreadHandle | undefined> {
    const thread = this.#spawn(index);
    try {
      await this.#import(thread);
      if (this.#has('exports')) await this.#hook(thread, 'exports', []);
      // Not before: a thread of theirs that is replaced meanwhile cannot be linked to this one yet.
      await this.#openImports(thread, exporters());
      if (this.#has('resource')) await this.#hook(thread, 'openResources', ['load']);
      if (this.#has('onLoad')) await this.#hook(thread, 'load', [this.#data]);
      if (this.#has('onInit')) await this.#hook(thread, 'init', []);
      if (this.#has('resource')) await this.#hook(thread, 'openResources', ['active']);
    } catch (error) {
      // A death has been announced; a failure of a living thread counts like one.
      if (!thread.death) {
        thread.cut(error as LiveswapError);
        this.#lead.onDeath(thread, error as LiveswapError);
      }
      return undefined;
    }
    return thread.death ? undefined : thread;
  }

  /** Waits a little for hooks that are under way; a thread that does not even say so is stuck, and is cut. */
  async halt(cause: LiveswapError): Promise<void> {
    const halted = this.threads.map((thread) =>
      thread.ask('settled', [HOOK_GRACE_MS], SILENCE_MS).catch(() => thread.cut(cause)),
    );
    await Promise.all(halted);
  }

  /** Runs `onFree` and closes the resources in every thread that lives. Resolves to what went wrong. */
  async free(): Promise<LiveswapError[]> {
    if (!this.#has('onFree') && !this.#has('resource')) return [];
    const living = this.threads.filter(({ death }) => !death);
    return (await Promise.all(living.map((thread) => this.#freeOne(thread)))).flat();
  }

  /** Ends every thread now; what is pending on it rejects with `cause`. */
  cut(cause: LiveswapError): void {
    for (const thread of this.threads) thread.cut(cause);
  }

  /** Like {@link cut}, for good: resolves when they are gone. */
  async end(cause: LiveswapError): Promise<void> {
    // The pool ends its threads: of one that was ended before, it would boot the next.
    for (const thread of this.threads) thread.disconnect(cause);
    this.#threads.length = 0;
    await this.#pool.close();
  }

  #has(hook: Hook): boolean {
    return this.#facts.hooks.includes(hook);
  }

  #spawn(index: number): ThreadHandle {
    const { manifest, hash } = this.#source;
    const thread: ThreadHandle = new ThreadHandle(
      { plugin: manifest.name, version: versionOf(hash), thread: index },
      this.#pool.serve(),
      (scope, name, args, call) => this.#lead.answer(thread, scope, name, args, call),
      this.#lead.surface(index),
      (dead, error) => this.#lead.onDeath(dead, error),
    );
    this.#threads[index] = thread;
    return thread;
  }

  async #import(thread: ThreadHandle): Promise<void> {
    const { startMs, threads, concurrency, maxQueued } = this.#settings;
    const { plugin, version, thread: index } = thread.name;
    const { manifest, url } = this.#source;
    const { liveTypes } = manifest;
    const taken = revivedParametersOf(manifest);
    const limits = { concurrency, maxQueued };
    const task = { plugin, version, index, count: threads, limits, url, liveTypes, taken };
    const late = startTimeout(this.#source, thread.name, startMs);
    try {
      this.#facts = await thread.ask('start', [task], startMs, () => late);
    } catch (cause) {
      throw cause === late ? late : startFailed(this.#source, thread.name, cause);
    }
  }

  async #openImports(thread: ThreadHandle, exporters: readonly Exporter[]): Promise<void> {
    const { startMs } = this.#settings;
    const opened = Promise.all(exporters.map((exporter) => openImport(thread, exporter)));
    await withDeadline(opened, startMs, () => startTimeout(this.#source, thread.name, startMs));
  }

  async #hook<Method extends HookMethod>(
    thread: ThreadHandle,
    method: Method,
    args: Parameters<ThreadSurface[Method]>,
  ): Promise<HookResult<Method>> {
    const hook = hookOf[method];
    const { startMs } = this.#settings;
    const late = this.#late(thread, hook, startMs, 'startMs');
    try {
      return await thread.ask(method, args, startMs, () => late);
    } catch (cause) {
      throw cause === late ? late : hookFailed(this.#source, thread.name, hook, messageOf(cause), cause);
    }
  }

  /** Both steps have `freeMs` together; the second one is done whatever comes of the first. */
  async #freeOne(thread: ThreadHandle): Promise<LiveswapError[]> {
    const { freeMs } = this.#settings;
    const deadline = performance.now() + freeMs;
    const failures: LiveswapError[] = [];
    for (const [method, hook] of [
      ['free', 'onFree'],
      ['closeResources', 'resource'],
    ] as const) {
      if (method === 'closeResources' && !this.#has('resource')) continue;
      const late = this.#late(thread, hook, freeMs, 'freeMs');
      try {
        await thread.ask(method, [], Math.max(deadline - performance.now(), 0), () => late);
      } catch (cause) {
        failures.push(
          cause === late ? late : hookFailed(this.#source, thread.name, hook, messageOf(cause), cause),
        );
      }
    }
    return failures;
  }

  #late(thread: ThreadHandle, hook: Hook, ms: number, option: string): LiveswapError {
    return hookFailed(this.#source, thread.name, hook, `it did not settle within ${ms} ms (${option})`);
  }
}
