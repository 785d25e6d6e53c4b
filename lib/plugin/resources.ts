import { LiveswapError, messageOf } from '../core/errors.js';
import { isThenable } from '../core/is-thenable.js';
import { constantNameOf } from './own-symbols.js';

/** Time at which a resource is opened: before `onLoad`, or with `onActive`. */
export type ResourcePhase = 'load' | 'active';

/** Declaration of a resource. */
export interface ResourceDeclaration {
  readonly open: () => unknown;
  readonly close: ((value: unknown) => unknown) | undefined;
  readonly phase: ResourcePhase;
  readonly takesWork: boolean;
}

type State =
  | { readonly kind: 'closed' }
  | { readonly kind: 'opening'; readonly done: Promise<void> }
  | { readonly kind: 'open'; readonly value: unknown }
  | { readonly kind: 'closing'; readonly done: Promise<void> };

interface Slot extends ResourceDeclaration {
  /** The function that plugin code calls. */
  readonly get: () => unknown;
  readonly position: number;
  state: State;
  /** The resource that must be open before this one can continue. */
  waitsFor: Slot | undefined;
}

/** Thrown into code that opens a resource when another one, which it uses, must be awaited first. */
class NotYetOpen extends LiveswapError {
  readonly slot: Slot;

  constructor(slot: Slot) {
    super('NOT_LOADED', `The resource ${nameOf(slot)} is still being opened.`);
    this.slot = slot;
  }
}

/** The resources of one artifact: declared while its modules are evaluated, opened and closed by the thread that runs it. */
export class Resources {
  readonly #slots: Slot[] = [];
  /** The open resources, in the order in which they were opened. */
  #opened: Slot[] = [];
  #phase: ResourcePhase | 'none' | 'on use' = 'on use';

  get count(): number {
    return this.#slots.length;
  }

  /** The name of the resource that is being opened or closed. */
  get underWay(): string | undefined {
    const slot = this.#slots.find(({ state, waitsFor }) => 'done' in state && !waitsFor);
    return slot && nameOf(slot);
  }

  /** Called in a thread: from now on, resources are opened in their phase only, and not on first use. */
  belongToThread(): void {
    this.#phase = 'none';
  }

  declare(declaration: ResourceDeclaration): () => unknown {
    const slot: Slot = {
      ...declaration,
      get: () => this.#use(slot),
      position: this.#slots.length + 1,
      state: { kind: 'closed' },
      waitsFor: undefined,
    };
    this.#slots.push(slot);
    return slot.get;
  }

  /**
   * Opens the resources of a phase in the order of declaration, awaiting each; open ones stay as they are.
   *
   * @throws LiveswapError `HOOK_FAILED` with the name of the `resource`
   */
  async open(phase: ResourcePhase): Promise<void> {
    this.#phase = phase;
    try {
      for (const slot of this.#slots) if (slot.phase === phase) await this.#openOne(slot);
    } finally {
      this.#phase = 'none';
    }
  }

  /**
   * Calls `close` of the resources that take work, in the reverse order of opening. Each promise resolves to the failure, if any.
   */
  closeWork(): Promise<LiveswapError | undefined>[] {
    return this.#leaving(({ takesWork }) => takesWork).map((slot) => this.#closeOne(slot));
  }

  /** Closes all resources, one after another, in the reverse order of opening. Resolves to the failures. */
  async close(): Promise<LiveswapError[]> {
    const underWay = this.#slots.flatMap(({ state }) => ('done' in state ? [state.done] : []));
    await Promise.allSettled(underWay);
    const failures: LiveswapError[] = [];
    for (const slot of this.#leaving(() => true)) {
      const failure = await this.#closeOne(slot);
      if (failure) failures.push(failure);
    }
    return failures;
  }

  #use(slot: Slot): unknown {
    if (slot.state.kind === 'closed' && this.#opensOnUse(slot)) this.#begin(slot);
    const { state } = slot;
    if (state.kind === 'open') return state.value;
    if (state.kind === 'opening') throw new NotYetOpen(slot);
    throw new LiveswapError(
      'NOT_LOADED',
      `Cannot use the resource ${nameOf(slot)}: it is ${state.kind}; ${slot.phase === 'active' ? 'it is open from `onActive` on' : 'it is open from `onLoad` on, to the end of `onFree`'}.`,
      { resource: nameOf(slot) },
    );
  }

  #opensOnUse({ phase }: Slot): boolean {
    return this.#phase === 'on use' || this.#phase === phase;
  }

  async #openOne(slot: Slot): Promise<void> {
    while (slot.state.kind !== 'open') {
      if (slot.state.kind === 'closed') this.#begin(slot);
      else await slot.state.done;
    }
  }

  /** Runs `open`; a synchronous result is available at once. @throws the synchronous failure */
  #begin(slot: Slot): void {
    let settle = (): void => {};
    const done = new Promise<void>((resolve) => (settle = resolve));
    slot.state = { kind: 'opening', done };
    try {
      const value = slot.open();
      if (!isThenable(value)) return this.#setOpen(slot, value);
      this.#setOpening(slot, this.#finish(slot, value));
    } catch (error) {
      if (!(error instanceof NotYetOpen)) throw this.#failed(slot, error);
      this.#setOpening(slot, this.#tryAgain(slot, error.slot));
    } finally {
      settle();
    }
  }

  async #finish(slot: Slot, value: PromiseLike<unknown>): Promise<void> {
    try {
      this.#setOpen(slot, await value);
    } catch (error) {
      if (!(error instanceof NotYetOpen)) throw this.#failed(slot, error);
      await this.#tryAgain(slot, error.slot);
    }
  }

  /** Runs `open` once more when the resource that it uses is open. */
  async #tryAgain(slot: Slot, used: Slot): Promise<void> {
    slot.waitsFor = used;
    try {
      refuseCircle(slot);
      await this.#openOne(used);
    } catch (error) {
      throw this.#failed(slot, error);
    } finally {
      slot.waitsFor = undefined;
    }
    slot.state = { kind: 'closed' };
    await this.#openOne(slot);
  }

  #setOpening(slot: Slot, done: Promise<void>): void {
    slot.state = { kind: 'opening', done };
    // Code that catches this signal would never wait for the resource.
    done.catch(() => {});
  }

  #setOpen(slot: Slot, value: unknown): void {
    slot.state = { kind: 'open', value };
    this.#opened.push(slot);
  }

  #failed(slot: Slot, cause: unknown): LiveswapError {
    slot.state = { kind: 'closed' };
    return failure(slot, 'open', cause);
  }

  /** Removes and returns the resources to close. */
  #leaving(isMeant: (slot: Slot) => boolean): Slot[] {
    const leaving = this.#opened.filter(isMeant).toReversed();
    this.#opened = this.#opened.filter((slot) => !leaving.includes(slot));
    return leaving;
  }

  /** Closes a resource. Resolves to the failure, if any, because the others must still be closed. */
  #closeOne(slot: Slot): Promise<LiveswapError | undefined> {
    if (slot.state.kind !== 'open') return Promise.resolve(undefined);
    const { value } = slot.state;
    const closed = (async () => slot.close?.(value))().then(
      () => undefined,
      (cause: unknown) => failure(slot, 'close', cause),
    );
    const done = closed.then(() => void (slot.state = { kind: 'closed' }));
    slot.state = { kind: 'closing', done };
    return closed;
  }
}

/** The resources of the artifact into which this copy of the module is bundled. */
export const resources = new Resources();

/** Returns the exported name, or a number for a resource that no constant names. */
function nameOf(slot: Slot): string {
  return constantNameOf(slot.get) ?? `#${slot.position}`;
}

function failure(slot: Slot, action: 'open' | 'close', cause: unknown): LiveswapError {
  // The failure of a resource that this one uses comes first.
  if (cause instanceof LiveswapError && cause['hook'] === 'resource') return cause;
  const resource = nameOf(slot);
  return new LiveswapError('HOOK_FAILED', `Cannot ${action} the resource ${resource}: ${messageOf(cause)}`, {
    hook: 'resource',
    resource,
    cause,
  });
}

function refuseCircle(slot: Slot): void {
  const names = [nameOf(slot)];
  for (let next = slot.waitsFor; next; next = next.waitsFor) {
    names.push(nameOf(next));
    if (next !== slot) continue;
    throw new Error(`resources use each other in a cycle: ${names.join(' -> ')}`);
  }
}
