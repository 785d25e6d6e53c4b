import { keyOf } from '../core/plugin-key.js';
import type { Call } from '../dispatch/call.js';
import type { LiveswapError } from '../core/errors.js';
import { performance } from '../core/timers.js';
import type { SwapEvent } from '../observe/events.js';
import type { TransferCost } from '../version/kept-transfer.js';
import type { Version } from '../version/version.js';
import type { Batons } from '../version/version-activity.js';
import { refuseStranded, Upbringing } from '../version/upbringing.js';
import { moveKept, rehearse, type KeptMove } from './kept-move.js';
import { admittance, exclusivesOf, inOrder, successorOf, type Participants } from './participants.js';
import { passOnTo, takesOf } from './pass-on.js';
import { whenQuiet } from './quiet.js';
import { Turns } from './turns.js';
import { wake } from './waking.js';

/** Dependencies of a {@link HandOver}. */
export interface HandOverDeps extends Participants {
  /** Versions that are carried over. */
  readonly staying: readonly Version[];
  /** True when kept state is not moved: the new versions begin anew. */
  readonly dropsKept: boolean;
  readonly yieldMs: (version: Version) => number;
  /** Resolves when no other hand-over has gates closed, to a function that lets the next one close its own. */
  readonly takeGates: () => Promise<() => void>;
  readonly emit: (event: SwapEvent) => void;
}

interface MoveCosts {
  readonly rehearsal?: TransferCost | undefined;
  readonly move?: TransferCost | undefined;
}

/** Hands exclusive work from one generation to the next: all of it, or none. */
export class HandOver {
  readonly #deps: HandOverDeps;
  readonly #exclusives: readonly Version[];
  readonly #moves: readonly KeptMove[];
  readonly #costs = new Map<Version, MoveCosts>();
  /** The data that versions handed over, by {@link keyOf} their plugin. */
  readonly #batons = new Map<string, Batons>();
  #closedAt: number | undefined;
  /** The turns of the versions that leave. */
  readonly #turns: Turns;
  /** Lets the next hand-over close gates. */
  #giveGates: Promise<() => void> | undefined;
  readonly #admittance;
  /** The threads that come up meanwhile. */
  readonly #upbringing: Upbringing;
  #running: Promise<void> | undefined;
  #isCut = false;

  constructor(deps: HandOverDeps) {
    this.#deps = deps;
    this.#exclusives = exclusivesOf(deps);
    this.#turns = new Turns(deps.leaving);
    this.#admittance = admittance(deps);
    const running = [...deps.leaving, ...deps.staying];
    this.#upbringing = new Upbringing(() => running, this.#admittance.hooksOnly);
    this.#moves = deps.dropsKept ? [] : movesOf(deps);
  }

  /** The plugins whose existing state is not moved: the new versions begin anew, or keep nothing. */
  get dropped(): string[] {
    const moved = new Set(this.#moves.map(({ from }) => from));
    const left = this.#deps.leaving.filter((version) => version.activity.keepsState && !moved.has(version));
    return left.map(({ plugin }) => plugin);
  }

  /** Hands over. Resolves when the new versions are the active ones; if it rejects, {@link undo} must follow. */
  run(): Promise<void> {
    this.#running = this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const steps = [
      () => this.#rehearse(),
      () => this.#takeGates(),
      // While there are no turns, threads that die are replaced: runs may wait for them.
      () => this.#endRuns(),
      () => this.#turns.take(() => this.#isCut),
      // A thread that was replaced meanwhile has runs of its own.
      () => this.#endRuns(),
      () => this.#closeGates(),
      () => this.#yield(isWaitedFor),
      () => Promise.all(this.#moves.map((one) => this.#move(one))),
      () => this.#activate(),
      // Nobody waits for these versions. If they were told first, they would take the processor from the threads that take over.
      () => this.#yield((version) => !isWaitedFor(version)),
    ];
    for (const step of steps) {
      if (this.#isCut) return;
      await step();
    }
  }

  /**
   * Completes the hand-over once the new generation is current: calls that still go to a replaced exclusive version reach its
   * successor.
   */
  complete(): void {
    const pauseMs = this.#closedAt === undefined ? 0 : performance.now() - this.#closedAt;
    this.#letStranded();
    this.#upbringing.opened();
    for (const version of this.#exclusives) {
      const next = successorOf(version, this.#deps);
      version.balancer.succeed(passOnTo(version, next));
      // The requests of this version belong to the next one by now.
      void version.outsideWork.setGated(false);
      const { rehearsal, move: moved } = this.#costs.get(version) ?? {};
      this.#deps.emit({
        type: 'handedOver',
        plugin: version.plugin,
        version: version.id,
        successor: next?.id,
        objects: moved?.objects ?? 0,
        ms: { pause: pauseMs, rehearsal: rehearsal?.ms ?? 0, move: moved?.totalMs ?? 0 },
      });
    }
    this.#letOthers();
  }

  /** Makes the new versions yield, if they were active. Their end and {@link wakeLeaving} must follow. */
  async undo(): Promise<void> {
    const { arriving, cause, emit } = this.#deps;
    // When the swapper closes, a step may be in progress: a hook may hold data that it must give back.
    this.#isCut = true;
    await this.#running?.catch(() => {});
    await inOrder(
      arriving,
      ({ dependents }) => dependents,
      (version) =>
        version.activity.yield(cause).catch((error: unknown) => {
          emit({ type: 'hookFailed', error: error as LiveswapError });
        }),
    );
  }

  /** Lets the old versions go on as if nothing had happened. */
  async wakeLeaving(): Promise<void> {
    const { leaving, cause, emit } = this.#deps;
    this.#letStranded();
    // Threads that come up and wait at the gates still do, until all are awake.
    if (this.#closedAt !== undefined) this.#letHooksIn();
    // First those without a thread, in which nothing is to be woken: hooks of the others may wait for their replacements.
    for (const versions of [leaving.filter(isDead), leaving.filter((version) => !isDead(version))]) {
      await inOrder(
        versions,
        ({ dependencies }) => dependencies.values(),
        async (version) => {
          await wake(version, cause, emit);
          this.#turns.end(version);
        },
      );
    }
    for (const version of leaving) version.leavesBy = 'close';
    for (const version of this.#exclusives) {
      version.balancer.openGate();
      void version.outsideWork.setGated(false);
    }
    this.#upbringing.opened();
    this.#letOthers();
  }

  /** Ends the turn: others may change the activity of the leaving versions again, and close gates. */
  #letOthers(): void {
    this.#turns.endAll();
    void this.#giveGates?.then((give) => give());
  }

  /**
   * Refuses calls for which `isMeant` holds where a thread has died: the hand-over waits for them, and the replacement of that
   * thread for the hand-over. So does a thread that comes up elsewhere and calls the dead one.
   */
  #refuseStranded(isMeant: (call: Call) => boolean): void {
    for (const version of this.#deps.leaving.filter(isWaitedFor))
      refuseStranded(version, isMeant, this.#upbringing);
  }

  /** Lets such calls wait again. */
  #letStranded(): void {
    for (const { balancer } of this.#deps.leaving) balancer.refuseStranded(undefined);
  }

  async #yield(isMeant: (version: Version) => boolean): Promise<void> {
    const { cause } = this.#deps;
    const leaving = this.#deps.leaving.filter(isMeant);
    for (const version of leaving) version.leavesBy = cause;
    await inOrder(
      leaving,
      ({ dependents }) => dependents,
      async (version) => {
        this.#batons.set(keyOf(version.plugin), await version.activity.yield(cause));
      },
    );
  }

  async #activate(): Promise<void> {
    const { arriving, cause } = this.#deps;
    await inOrder(
      arriving,
      ({ dependencies }) => dependencies.values(),
      (version) => version.activity.activate(cause, this.#batons.get(keyOf(version.plugin))),
    );
  }

  /** Rehearses the moves before anything has yielded. */
  async #rehearse(): Promise<void> {
    await Promise.all(
      this.#moves.map(async (one) => {
        const cost = await rehearse(one, this.#deps.yieldMs(one.from));
        this.#costs.set(one.from, { rehearsal: cost });
        for (const warning of cost?.warnings ?? []) {
          const { plugin, id } = one.from;
          this.#deps.emit({ type: 'keptWarning', plugin, version: id, warning });
        }
      }),
    );
  }

  /**
   * Lets runs of `every` end in versions that are not exclusive, before the gates close: what they call may be behind a gate, which
   * would wait for them in turn.
   */
  async #endRuns(): Promise<void> {
    const others = this.#deps.leaving.filter(({ exclusive }) => !exclusive);
    await Promise.all(others.map(({ activity }) => activity.endRuns()));
  }

  async #takeGates(): Promise<void> {
    if (this.#exclusives.length === 0) return;
    this.#giveGates = this.#deps.takeGates();
    await this.#giveGates;
  }

  /** Closes all gates at the same moment. Resolves when nothing runs behind them. */
  async #closeGates(): Promise<void> {
    const { whileRunning, awaited, hooksOnly } = this.#admittance;
    if (this.#exclusives.length === 0) return this.#refuseStranded(hooksOnly);
    this.#closedAt = performance.now();
    for (const version of this.#exclusives) {
      const owed = this.#owedBy(version);
      version.balancer.closeGate((call) => whileRunning(call) || owed.has(call));
    }
    this.#refuseStranded(awaited);
    const held = this.#exclusives.map(({ outsideWork }) => outsideWork.setGated(true));
    for (const version of this.#exclusives) version.activity.beginYield();
    const yieldMs = Math.max(...this.#exclusives.map(this.#deps.yieldMs));
    await whenQuiet(this.#exclusives, yieldMs, Promise.all(held));
    this.#letHooksIn();
    this.#refuseStranded(hooksOnly);
  }

  #letHooksIn(): void {
    const { hooksOnly } = this.#admittance;
    for (const { balancer } of this.#exclusives) balancer.closeGate(hooksOnly, this.#upbringing);
  }

  /** Returns calls that already wait and that no later version could take: the version runs them before it yields. */
  #owedBy(version: Version): ReadonlySet<Call> {
    const takes = takesOf(version, successorOf(version, this.#deps));
    return new Set([...version.balancer.waiting].filter((call) => !takes(call)));
  }

  async #move(one: KeptMove): Promise<void> {
    const cost = await moveKept(one, this.#deps.yieldMs(one.from));
    this.#costs.set(one.from, { ...this.#costs.get(one.from), move: cost });
    if (cost ?? one.from.activity.saved) one.to.activity.noteState();
  }
}

/** Returns whether others wait until a version has yielded. */
function isWaitedFor({ exclusive, activity }: Version): boolean {
  return exclusive || activity.isAwaited;
}

function isDead({ group }: Version): boolean {
  return group.established.every(({ death }) => death);
}

/** Returns the moves of state, which goes on where a single thread can hold it. */
function movesOf(participants: Participants): KeptMove[] {
  return participants.leaving.flatMap((from) => {
    if (!from.activity.keepsState) return [];
    const to = successorOf(from, participants);
    return to?.exclusive ? [{ from, to }] : [];
  });
}
