import type { MessagePort } from 'node:worker_threads';
import { withDeadline } from '../core/deadline.js';
import { messageOf, type LiveswapError } from '../core/errors.js';
import { performance } from '../core/timers.js';
import { isSameEnvironment } from '../pool/environment.js';
import { revivedParametersOf } from '../surface/revived-parameters.js';
import type { Cause } from '../plugin/cause.js';
import type {
  Hook,
  ServiceName,
  StartTask,
  Step,
  ThreadFacts,
  ThreadSurface,
} from '../surface/thread-surface.js';
import { voidCallbacksOf } from '../surface/void-callbacks.js';
import { openImport, type Exporter } from './connect-threads.js';
import type { ThreadHandle } from './thread-handle.js';
import { hookFailed, startFailed, startTimeout } from './version-errors.js';
import type { VersionSettings } from './version-settings.js';
import type { RunnableArtifact } from '../manifest/runnable-artifact.js';

/** Time for a thread to say what it waits for. */
const BUSY_MS = 500;

/** The steps in which resources are opened or closed: a thread that is late in another one is not asked, which takes time. */
const withResources: ReadonlySet<Step> = new Set(['resource', 'onActive', 'onYield']);

/** The hooks that a thread is asked to run one by one, by their method names on its surface. */
const hookOf = {
  reloadable: 'reloadable',
  exports: 'exports',
  openResources: 'resource',
  load: 'onLoad',
  init: 'onInit',
} as const;
export type HookMethod = keyof typeof hookOf;
export type HookResult<Method extends HookMethod> = Awaited<ReturnType<ThreadSurface[Method]>>;

/** A hook, the time allowed for it in milliseconds, and the option that sets this time. */
export interface StepDeadline {
  readonly hook: Hook;
  readonly ms: number;
  readonly option: 'startMs' | 'freeMs' | 'yieldMs';
}

/** The reason why a version comes up, and the facts about its imports that its threads need. */
export interface StartFacts {
  readonly cause: Cause;
  readonly exclusiveImports: readonly string[];
}

const nothing: ThreadFacts = {
  hooks: [],
  functions: [],
  exports: [],
  offers: [],
  hasActivity: false,
  keepsState: false,
};

/**
 * The steps that each thread of a version goes through, from the import of its artifact to `onFree`; each has its own deadline.
 */
export class ThreadSteps {
  readonly #artifact: RunnableArtifact;
  readonly #settings: VersionSettings;
  #facts: ThreadFacts = nothing;
  #start: StartFacts = { cause: 'load', exclusiveImports: [] };
  /**
   * The host's environment when the version was made, because threads may have booted earlier; not set when an option gives the
   * threads one.
   */
  readonly #env: StartTask['env'];

  /** `environment` is that of the host. */
  constructor(
    artifact: RunnableArtifact,
    settings: VersionSettings,
    environment: Readonly<Record<string, string>>,
  ) {
    this.#artifact = artifact;
    this.#settings = settings;
    this.#env = settings.env ? undefined : environment;
  }

  /** The artifact's facts about itself, known once a thread has imported it. */
  get facts(): ThreadFacts {
    return this.#facts;
  }

  /** Ensures that the artifact's copy exists: a deploy may have deleted it. @throws `COPY_FAILED` */
  restore(): Promise<void> {
    return this.#artifact.restore();
  }

  /** Must be called before any thread starts. */
  begin(start: StartFacts): void {
    this.#start = start;
  }

  /** Starts a thread and imports the artifact in it. @throws `START_FAILED`, `START_TIMEOUT` */
  async import(thread: ThreadHandle, cause: Cause = this.#start.cause): Promise<void> {
    const { startMs, threads, concurrency, maxQueued } = this.#settings;
    const { plugin, version, thread: index } = thread.name;
    const { manifest, url } = this.#artifact;
    const { liveTypes } = manifest;
    // Types that only callers compare stay in the host.
    const types = liveTypes.length > 0 ? (manifest.types ?? {}) : {};
    const taken = revivedParametersOf(manifest);
    const voidCallbacks = voidCallbacksOf(manifest);
    const limits = { concurrency, maxQueued };
    // The time that a thread waits for its turn to boot does not count.
    await thread.begun;
    const task = {
      plugin,
      version,
      index,
      count: threads,
      cause,
      exclusive: manifest.exclusive ?? false,
      tracing: this.#settings.tracing?.thread,
      exclusiveImports: this.#start.exclusiveImports,
      limits,
      url,
      env: this.#environmentFor(thread),
      liveTypes,
      kept: manifest.kept,
      types,
      taken,
      voidCallbacks,
    };
    this.#facts = await answerOf(
      (late) => thread.ask('start', [task], startMs, late),
      () => startTimeout(this.#artifact, thread.name, startMs),
      (error) => startFailed(this.#artifact, thread.name, error),
    );
    thread.imported();
  }

  /** Returns the environment that a thread must be given; `undefined` when it booted with that one. */
  #environmentFor({ environment: own }: ThreadHandle): StartTask['env'] {
    return this.#env && own && isSameEnvironment(own, this.#env) ? undefined : this.#env;
  }

  /** Lets a thread call the plugins it imports. @throws `START_TIMEOUT` */
  async openImports(thread: ThreadHandle, exporters: readonly Exporter[]): Promise<void> {
    const { startMs } = this.#settings;
    const opened = Promise.all(exporters.map((exporter) => openImport(thread, exporter)));
    await withDeadline(opened, startMs, () => startTimeout(this.#artifact, thread.name, startMs));
  }

  /** Runs a hook in each of `threads`; resolves to no results when the plugin does not have the hook. @throws `HOOK_FAILED` */
  async run<Method extends HookMethod>(
    threads: readonly ThreadHandle[],
    method: Method,
    args: Parameters<ThreadSurface[Method]>,
  ): Promise<HookResult<Method>[]> {
    if (!this.#has(hookOf[method])) return [];
    const deadline = { hook: hookOf[method], ms: this.#settings.startMs, option: 'startMs' } as const;
    return Promise.all(threads.map((thread) => this.ask(thread, method, args, deadline)));
  }

  /** Asks a thread for a step that ends in a hook. @throws `HOOK_FAILED` */
  async ask<Method extends keyof ThreadSurface>(
    thread: ThreadHandle,
    method: Method,
    args: Parameters<ThreadSurface[Method]>,
    { hook, ms, option }: StepDeadline,
  ): Promise<Awaited<ReturnType<ThreadSurface[Method]>>> {
    return answerOf(
      (late) => thread.ask(method, args, ms, late),
      () => this.#late(thread, hook, ms, option),
      (cause) => this.#failed(thread, hook, cause),
    );
  }

  /** Begins a service in a thread. Resolves to the host's end of its port once it is up. @throws `HOOK_FAILED` */
  async openService(thread: ThreadHandle, name: ServiceName, options: unknown): Promise<MessagePort> {
    const { startMs } = this.#settings;
    return answerOf(
      (late) => withDeadline(thread.openService(name, options), startMs, late),
      () => this.#late(thread, name, startMs, 'startMs'),
      (cause) => this.#failed(thread, name, cause),
    );
  }

  /** Ends the services, runs `onFree` and closes the resources in each living thread of `threads`. Resolves to the failures. */
  async free(threads: readonly ThreadHandle[], cause: Cause): Promise<LiveswapError[]> {
    const living = threads.filter(({ death, hasServices }) => !death && (hasServices || this.#hasToFree));
    return (await Promise.all(living.map((thread) => this.#free(thread, cause)))).flat();
  }

  get #hasToFree(): boolean {
    return this.#has('onFree') || this.#has('resource') || this.#isTraced;
  }

  get #isTraced(): boolean {
    return this.#settings.tracing?.thread !== undefined;
  }

  #has(hook: Hook): boolean {
    return this.#facts.hooks.includes(hook);
  }

  /** Frees one thread. The steps share `freeMs`; each runs even if the one before failed. */
  async #free(thread: ThreadHandle, why: Cause): Promise<LiveswapError[]> {
    const { freeMs } = this.#settings;
    const deadline = performance.now() + freeMs;
    const failures: LiveswapError[] = [];
    const step = async (
      hook: Step,
      ask: (ms: number, late: () => unknown) => Promise<void>,
    ): Promise<void> => {
      const answer = answerOf(
        (late) => ask(Math.max(deadline - performance.now(), 0), late),
        () => this.#late(thread, hook, freeMs, 'freeMs'),
        (cause) => this.#failed(thread, hook, cause),
      );
      await answer.catch((error: LiveswapError) => failures.push(error));
    };
    if (thread.hasServices) await step('http', (ms, late) => thread.ask('closeServices', [], ms, late));
    if (this.#has('onFree')) await step('onFree', (ms, late) => thread.ask('free', [why], ms, late));
    if (this.#has('resource'))
      await step('resource', (ms, late) => thread.ask('closeResources', [], ms, late));
    if (this.#isTraced) await step('tracing', (ms, late) => thread.ask('flushTraces', [], ms, late));
    return failures;
  }

  #failed(thread: ThreadHandle, hook: Step, cause: unknown): LiveswapError {
    return hookFailed(this.#artifact, thread.name, hook, messageOf(cause), cause);
  }

  async #late(thread: ThreadHandle, hook: Step, ms: number, option: string): Promise<LiveswapError> {
    const why = `it did not settle within ${ms} ms (${option})`;
    const mayWait = withResources.has(hook) && this.#has('resource');
    const resource = mayWait ? await resourceUnderWay(thread) : undefined;
    if (resource === undefined) return hookFailed(this.#artifact, thread.name, hook, why);
    const whole = `${why}; it waits for the resource ${resource}`;
    return hookFailed(this.#artifact, thread.name, hook, whole, undefined, resource);
  }
}

/** Resolves to the name of the resource that a thread opens or closes; a thread that is busy does not say. */
async function resourceUnderWay(thread: ThreadHandle): Promise<string | undefined> {
  return thread.ask('resourceUnderWay', [], BUSY_MS, () => undefined).catch(() => undefined);
}

/**
 * Resolves to the answer to `ask`. Rejects with the error that `late` makes when the deadline passes, or with the one that
 * `failed` makes of any other failure. The error of a deadline is made only when that passes, because an error costs a stack and
 * is hardly ever needed.
 */
async function answerOf<Answer>(
  ask: (late: () => unknown) => Promise<Answer>,
  late: () => LiveswapError | Promise<LiveswapError>,
  failed: (cause: unknown) => LiveswapError,
): Promise<Answer> {
  let isLate = false;
  try {
    return await ask(() => {
      isLate = true;
    });
  } catch (cause) {
    throw isLate ? await late() : failed(cause);
  }
}
