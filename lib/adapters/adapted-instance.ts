import { boundHost } from '../plugin/host-binding.js';
import { takers, type Taker } from '../plugin/takers.js';
import type { Given, TakesWork, WaitingMethod } from './takes-work.js';

type Method = (...args: unknown[]) => unknown;

/** A call by which the app starts the work. */
interface Beginning {
  readonly method: string;
  readonly make: () => unknown;
  settle(result: unknown): void;
}

const usual: Readonly<Record<string, WaitingMethod<never>>> = {
  run: (proceed) => proceed(),
  start: (proceed) => proceed(),
  launch: (proceed) => proceed(),
};

/** The taker of each instance, kept for as long as the instance can be reached. */
const adopted = new WeakMap<object, AdaptedInstance>();

/** An instance that its adapter can start and pause. */
class AdaptedInstance implements Taker {
  readonly name: string;
  readonly #instance: never;
  readonly #steps: TakesWork;
  readonly #args: readonly unknown[];
  #previous: unknown;
  #isOpen = false;
  /** The app's calls that wait for the version to become active, and the last call of each method that started the work. */
  #waiting: Beginning[] = [];
  readonly #made = new Map<string, Beginning>();

  constructor(
    instance: object,
    steps: TakesWork,
    { name, args }: { name: string; args: readonly unknown[] },
  ) {
    this.name = name;
    this.#instance = instance as never;
    this.#steps = steps;
    this.#args = args;
    for (const [method, how] of Object.entries(steps.waits ?? usual)) this.#intercept(instance, method, how);
  }

  start(previous: unknown): void {
    this.#previous = previous;
    this.#isOpen = true;
    if (this.#waiting.length === 0) this.#watch(this.#steps.start?.(this.#instance, this.#given));
    this.#letThrough();
  }

  async pause(): Promise<unknown> {
    this.#isOpen = false;
    this.#previous = await this.#steps.pause?.(this.#instance, this.#given);
    return this.#previous;
  }

  resume(): void {
    this.#isOpen = true;
    if (this.#steps.resume) this.#watch(this.#steps.resume(this.#instance, this.#given));
    else if (this.#made.size > 0) for (const { make } of this.#made.values()) this.#watch(make());
    else this.#watch(this.#steps.start?.(this.#instance, this.#given));
    this.#letThrough();
  }

  end(): unknown {
    this.#isOpen = false;
    return this.#steps.end?.(this.#instance, this.#given);
  }

  get #given(): Given {
    return { args: this.#args, previous: this.#previous };
  }

  #intercept(instance: object, name: string, how: WaitingMethod<never>): void {
    const members = instance as Record<string, unknown>;
    const original = members[name];
    if (typeof original !== 'function') return;
    const begin = (self: unknown, args: unknown[]): unknown => {
      const proceed = (): unknown => Reflect.apply(original as Method, self, args);
      const make = (): unknown => how(proceed, this.#instance, this.#given);
      if (this.#isOpen) {
        this.#made.set(name, { method: name, make, settle: () => {} });
        return make();
      }
      if (this.#steps.settles?.includes(name)) {
        this.#waiting.push({ method: name, make, settle: (result) => this.#watch(result) });
        return Promise.resolve();
      }
      takers.noteBlocked();
      return new Promise((settle) => this.#waiting.push({ method: name, make, settle }));
    };
    Object.defineProperty(instance, name, {
      configurable: true,
      writable: true,
      value: function (this: unknown, ...args: unknown[]) {
        return begin(this, args);
      },
    });
  }

  #letThrough(): void {
    for (const beginning of this.#waiting.splice(0)) {
      this.#made.set(beginning.method, beginning);
      beginning.settle((async () => beginning.make())());
    }
  }

  /** Handles the result of a call that nobody awaits, because it may last as long as the work does. */
  #watch(result: unknown): void {
    Promise.resolve(result).catch((error: unknown) => {
      boundHost().log.error({ err: error }, `${this.name} could not be started.`);
    });
  }
}

/** Lets an instance take work only while its version is active. */
export function adopt(
  instance: object,
  steps: TakesWork,
  facts: { readonly name: string; readonly args: readonly unknown[] },
): void {
  if (adopted.has(instance)) return;
  const taker = new AdaptedInstance(instance, steps, facts);
  adopted.set(instance, taker);
  takers.add(taker);
}
