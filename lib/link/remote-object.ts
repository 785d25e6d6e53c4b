/** Functions that the other side may call by name. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Something with a beginning and an end that the other side drives. */
export interface OpenThing {
  readonly methods: Methods;
  /** Frees the underlying object, because there will be no more requests. Never throws; harmless after the end. */
  readonly abandon: () => void;
}

/** An object that is exposed on a channel. */
export interface Exposed {
  readonly methods: Methods;
  /** Called once, when no more requests can come. */
  readonly onRelease?: () => void;
  /** True when arguments are kept after their call: signals among them are followed for good. */
  readonly isLasting?: boolean;
  /** Its name in errors about results that cannot cross. */
  readonly giver?: string;
  /** Name of a call-back: each call of it is work of its own. */
  readonly callback?: string;
}

/** An object of the other side: its methods by name, until it is released. */
export interface RemoteObject {
  call(method: string, args: readonly unknown[]): Promise<unknown>;
  /** Releases it: the other side frees the object. */
  release(): void;
  /** Releases it when nobody on this side can reach `owner`, which stands for it. */
  releaseWith(owner: object): void;
  /** Returns the object of this side that stands for it while it is open; `make` creates it the first time. */
  standIn<Value extends object>(make: () => Value): Value;
  /** Calls `listener` with the reason when the other side is gone, or at once if it is gone already. */
  onGone(listener: (cause: unknown) => void): void;
}
