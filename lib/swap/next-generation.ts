import { types } from 'node:util';
import { LiveswapError, messageOf } from '../core/errors.js';
import { isObject } from '../core/is-object.js';
import { untilAborted } from '../core/until-aborted.js';
import type { RunnableArtifact } from '../manifest/runnable-artifact.js';
import { liveTable } from '../plugin/live-table.js';
import type { Cause } from '../plugin/cause.js';
import type { Version } from '../version/version.js';
import type { Caller } from './caller.js';
import { Generation, type Member } from './generation.js';
import type { Successor } from './generations.js';
import { asDataBag, type HostBag } from './host-bag.js';
import { StagedBag } from './staged-bag.js';
import { launch } from './launch.js';
import type { Step } from './plan.js';
import type { Release } from './release.js';
import type { RunningVersion } from './running-version.js';
import type { VaultHost, VaultView } from './vault-host.js';

/** Dependencies of a NextGeneration. */
export interface NextGenerationDeps {
  readonly id: number;
  readonly cause: Cause;
  readonly vaultHost: VaultHost;
  readonly bag: HostBag;
  readonly caller: Caller;
  readonly makeExtension: (() => object) | undefined;
  /** Creates a version without starting it. */
  readonly create: (artifact: RunnableArtifact) => Promise<Version>;
  /** Abandons the generation when aborted. */
  readonly signal: AbortSignal;
}

/** The generation that may become current: started beside the current one, then assigned or abandoned without a trace. */
export class NextGeneration implements Successor {
  readonly generation: Generation;
  readonly #data: unknown;
  readonly #deps: NextGenerationDeps;
  readonly #members: readonly Member[];
  readonly #fresh: readonly Version[];
  readonly #bag: StagedBag;
  readonly #extension: object;

  private constructor(data: unknown, members: readonly Member[], deps: NextGenerationDeps) {
    this.#data = data;
    this.#deps = deps;
    this.#members = members;
    this.#fresh = freshOf(members);
    this.#extension = makeExtension(deps.makeExtension);
    this.#bag = new StagedBag(deps.bag);
    // Before the generation is current, calls through its own vault, for example in onReload, must reach it.
    const caller = deps.caller.pinnedTo(() => (this.#bag.isCommitted ? undefined : this.generation));
    this.generation = new Generation(deps.id, members, {
      call: caller.call.bind(caller),
      run: caller.run.bind(caller),
      live: liveTable((name, args) => caller.call(name, ...args)),
      dataBag: asDataBag(this.#bag.seenBy('the host')),
      extension: this.#extension,
    });
  }

  /**
   * Creates the versions that `steps` start and that `data` is for, without running them. When one cannot be created, the others
   * are abandoned.
   */
  static async create(
    data: unknown,
    steps: readonly Step<RunnableArtifact, RunningVersion>[],
    deps: NextGenerationDeps,
  ): Promise<NextGeneration> {
    const made = await Promise.allSettled(steps.map((step) => memberOf(step, deps.create)));
    const members = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    try {
      for (const one of made) if (one.status === 'rejected') throw one.reason;
      deps.signal.throwIfAborted();
      return new NextGeneration(data, members, deps);
    } catch (error) {
      await abandon(freshOf(members), error);
      throw error;
    }
  }

  /** The release that it was made from, with the running artifact of each plugin that stays. Known once started. */
  get release(): Release {
    const { versions } = this.generation;
    return {
      artifacts: versions.map(({ artifact }) => artifact),
      data: this.#data,
      takesData: versions.some(({ definition }) => definition.takesData),
    };
  }

  /** Starts the new versions and runs their hooks; resolves when every thread of each is ready. */
  start(): Promise<void> {
    const { vaultHost, signal, cause } = this.#deps;
    vaultHost.settle(this.#fresh, this.#view('closed', this.#bag));
    const launched = launch(this.#members, this.#data, {
      cause,
      signal,
      openVault: () => vaultHost.settle(this.#fresh, this.#view('open', this.#bag)),
      carryOver: (version) => vaultHost.replayTo(this.#extension, version),
    });
    return untilAborted(signal, launched);
  }

  /** Versions that were created for this generation, dependencies first. */
  get fresh(): readonly Version[] {
    return this.#fresh;
  }

  /** Refuses the generation if any version has died since it started: it becomes current only as a whole. */
  refuseDead(): void {
    for (const { version } of this.#members) if (version.state.kind === 'failed') throw version.state.error;
    for (const version of this.#fresh) for (const { death } of version.threads) if (death) throw death;
  }

  /**
   * Refuses values that were derived from reads that other writes have since invalidated.
   * @throws LiveswapError `BAG_CONFLICT`
   */
  refuseConflicts(when: 'handOver' | 'assignment'): void {
    this.#bag.refuseConflicts(when);
  }

  /** Brings the hooks' updates of the data bag up to date. Returns a function that releases the writes that wait until then. */
  settleBag(): Promise<() => void> {
    return this.#bag.settle();
  }

  activate(direction: 'forward' | 'back'): void {
    const { vaultHost, bag } = this.#deps;
    this.#bag.commit();
    vaultHost.settle(this.generation.versions, this.#view('current', bag));
    for (const version of this.generation.versions) version.activate(direction === 'back');
    // A thread that was replaced in the meantime has registered with the previous generation's extension.
    for (const { version } of this.#members) vaultHost.replayTo(this.#extension, version).catch(() => {});
  }

  /** Frees and ends everything that was started; the current generation is unaffected. */
  abandon(cause: unknown): Promise<void> {
    this.#bag.drop();
    return abandon(this.#fresh, cause);
  }

  #view(access: VaultView['access'], bag: VaultView['bag']): VaultView {
    return { generation: this.generation, bag, extension: this.#extension, access };
  }
}

async function memberOf(
  step: Step<RunnableArtifact, RunningVersion>,
  create: NextGenerationDeps['create'],
): Promise<Member> {
  const version = step.kind === 'carry' ? step.running.version : await create(step.candidate);
  return { version, note: step.note };
}

function freshOf(members: readonly Member[]): Version[] {
  return members.map(({ version }) => version).filter(({ state }) => state.kind === 'starting');
}

function makeExtension(make: (() => object) | undefined): object {
  let made: unknown;
  try {
    made = make?.() ?? {};
  } catch (cause) {
    const message = `The option extension cannot be used: it threw ${messageOf(cause)}`;
    throw new LiveswapError('OPTION_INVALID', message, { option: 'extension', cause });
  }
  // Plugins would find none of its methods.
  if ((isObject(made) || typeof made === 'function') && !types.isPromise(made)) return made;
  const found = types.isPromise(made) ? 'a promise' : `a ${typeof made}`;
  const message = `The option extension cannot be used: it returned ${found}, not the host's object.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: 'extension' });
}

/** Frees versions, dependents first, when none of their hooks is running any more. */
async function abandon(fresh: readonly Version[], cause: unknown): Promise<void> {
  const error =
    cause instanceof LiveswapError ? cause : new LiveswapError('START_FAILED', messageOf(cause), { cause });
  await Promise.all(fresh.map((version) => version.shutdown.halt(error)));
  for (const version of fresh.toReversed()) await version.shutdown.abandon(error);
}
