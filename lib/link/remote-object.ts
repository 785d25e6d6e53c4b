/** Functions that the other side may call by name. */
export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Something with a beginning and an end that the other side drives. */
export interface OpenThing {
  readonly methods: Methods;
  /** Frees what is behind it, because nobody will ask any more. Never throws; harmless after the end. */
  readonly abandon: () => void;
}

/** An object that is exposed on a channel. */
export interface Exposed {
  readonly methods: Methods;
  /** Called once, when nobody can ask any more. */
  readonly onRelease?: () => void;
  /** True when arguments are kept after their call: signals among them are followed for good. */
  readonly isLasting?: boolean;
  /** Its name in errors about results that cannot cross. */
  readonly giver?: string;
}

/** An object of the other side: its methods by name, until it is released. */
export interface RemoteObject {
  call(method: string, args: readonly unknown[]): Promise<unknown>;
  /** Lets go of it: the other side frees what is behind. */
  release(): void;
  /** Lets go of it when nobody on this side can reach `owner`, which stands for it. */
  releaseWith(owner: object): void;
  /** Returns the object of this side that stands for it as long as it is open; `make` makes it the first time. */
  standIn<Value extends object>(make: () => Value): Value;
  /** Calls `listener` when the other side is gone, with why; at once when it is already. */
  onGone(listener: (cause: unknown) => void): void;
}
