import type { Logger } from '../core/logger.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import type { RemoteObject } from '../link/remote-object.js';
import type { LiveClasses } from '../live-data/live-data.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import type { StartTask, ActivityFacts, ThreadSurface } from '../surface/thread-surface.js';
import { Activity } from './activity.js';
import { KeptThread } from './kept-thread.js';
import type { OpenWork } from './open-work.js';
import type { RunningWork } from './running-work.js';

/** Dependencies of {@link ActiveWork}. */
export interface ActiveWorkDeps {
  readonly task: StartTask;
  readonly artifact: ArtifactModule;
  readonly liveClasses: LiveClasses;
  readonly running: RunningWork;
  readonly openWork: OpenWork;
  readonly host: RemoteObject;
  readonly log: Logger;
}

/** The work that one thread does only while its version is active, and the state it keeps from one version to the next. */
export class ActiveWork {
  readonly activity: Activity;
  readonly kept: KeptThread;
  readonly #deps: ActiveWorkDeps;

  /** @throws LiveswapError `OPTION_INVALID` when a value is kept that cannot be */
  constructor(deps: ActiveWorkDeps) {
    const { task, artifact, liveClasses, running, openWork } = deps;
    this.#deps = deps;
    this.kept = new KeptThread(artifact, liveClasses, task.kept);
    this.kept.check();
    this.activity = new Activity({
      artifact,
      liveClasses,
      isFirstThread: task.index === 0,
      cause: task.cause,
      runHook: (hook) => running.hook(hook, this.activity.cause === 'crash'),
      begin: () => this.#begin(),
      end: () => this.#end(),
      hold: (work) => void work.finally(openWork.hold()),
      tellHost: (error) => this.#tell('closeFailed', error),
    });
  }

  /** Facts about the activity that the host needs. */
  get facts(): ActivityFacts {
    const { task, artifact } = this.#deps;
    const { plugin, resources, ticker, takers, keptRoots } = artifact;
    const keepsState = task.kept !== undefined || (keptRoots?.roots.size ?? 0) > 0;
    const hasHooks = plugin.onActive !== undefined || plugin.onYield !== undefined;
    const counts = (resources?.count ?? 0) + (ticker?.count ?? 0);
    const takesWork = takers?.isExpected === true;
    return { hasActivity: hasHooks || counts > 0 || takesWork || keepsState, keepsState };
  }

  /** Methods that the host may call. */
  get surface(): Pick<
    ThreadSurface,
    'activate' | 'beginYield' | 'resume' | 'yield' | 'sendKept' | 'receiveKept' | 'pourKept'
  > {
    const { activity, kept } = this;
    return {
      activate: (cause, previous) => {
        kept.noteConstants();
        return activity.activate(cause, previous);
      },
      beginYield: () => activity.beginYield(),
      resume: () => activity.resume(),
      yield: (cause, waits) => activity.yield(cause, waits),
      sendKept: (port, isRehearsal) => kept.send(port, isRehearsal),
      receiveKept: (port, isRehearsal) => kept.receive(port, isRehearsal),
      pourKept: (image) => kept.pour(image),
    };
  }

  /** Handles that the code has been evaluated, where a service evaluates it. @throws LiveswapError `OPTION_INVALID` */
  evaluated(): void {
    this.kept.evaluated();
    if (!this.activity.isActive) return;
    this.kept.noteConstants();
    this.#startSaving();
  }

  #begin(): void {
    const { task, artifact } = this.#deps;
    if (task.index === 0) {
      artifact.ticker?.start({
        run: (tick) => this.#runTick(tick),
        missed: (ticks) => this.#deps.openWork.missTicks(ticks),
      });
    }
    this.#startSaving();
  }

  #startSaving(): void {
    const { host, log } = this.#deps;
    this.kept.startSaving({
      save: (image) => host.call('saveKept', [image]),
      onFailed: (error) => {
        const message = `Kept state cannot be saved: ${messageOf(error)}`;
        log.error({ err: error }, message);
      },
    });
  }

  #end(): void {
    this.#deps.artifact.ticker?.stop();
    this.kept.stopSaving();
  }

  async #runTick(tick: () => unknown): Promise<void> {
    const { openWork, running } = this.#deps;
    const done = openWork.run('every');
    try {
      await running.own(async () => tick());
    } catch (cause) {
      const message = `A run of every failed: ${messageOf(cause)}`;
      this.#tell('everyFailed', new LiveswapError('HOOK_FAILED', message, { hook: 'every', cause }));
    } finally {
      done();
    }
  }

  #tell(what: 'closeFailed' | 'everyFailed', error: LiveswapError): void {
    // Without the host, nobody is left to tell.
    this.#deps.host.call(what, [error]).catch(() => {});
  }
}
