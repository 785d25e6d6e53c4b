import { Carried } from '../../lib/kept/carried.js';
import { encodeKept, type Encoded } from '../../lib/kept/encode.js';
import { KeptClasses, type KeptClassFacts } from '../../lib/kept/kept-classes.js';
import type { KeptConstructor } from '../../lib/kept/kept-constructor.js';
import { fieldsOf } from '../../lib/plugin/kept-roots.js';
import { pourKept, rehearseKept, type OwnRoot, type RootFacts } from '../../lib/kept/pour.js';

/** Contents of a version of a plugin, as its build and its modules would declare them. */
export interface VersionText {
  readonly roots: Readonly<Record<string, object>>;
  readonly symbols?: Readonly<Record<string, unknown>>;
  readonly registered?: Readonly<Record<string, KeptConstructor>>;
  readonly facts?: readonly KeptClassFacts[];
  readonly upcasts?: Readonly<Record<string, (state: never, from: string) => unknown>>;
  readonly rootFacts?: Readonly<Record<string, RootFacts>>;
}

/** One version of a plugin that keeps state, without threads. */
export class KeptVersion {
  readonly roots: ReadonlyMap<string, OwnRoot>;
  readonly #classes: KeptClasses;
  readonly #carried = new Carried();

  constructor({
    roots,
    symbols = {},
    registered = {},
    facts = [],
    upcasts = {},
    rootFacts = {},
  }: VersionText) {
    this.roots = new Map(
      Object.entries(roots).map(([name, root]) => [
        name,
        { root, made: fieldsOf(root), upcast: upcasts[name], facts: rootFacts[name] },
      ]),
    );
    this.#classes = new KeptClasses({
      symbols: new Map(Object.entries(symbols)),
      registered: new Map(Object.entries(registered)),
      facts,
      roots: new Set(Object.values(roots)),
    });
    this.#classes.constants.note();
  }

  encode(isRehearsal = false): Encoded {
    const roots = Array.from(this.roots, ([name, { root, made, facts }]) => {
      return [name, { state: root, made, fingerprint: facts?.fingerprint ?? '' }] as const;
    });
    const encoded = encodeKept(
      { roots: new Map(roots), classes: this.#classes, carried: this.#carried },
      isRehearsal,
    );
    // The image arrives in another thread as a copy.
    return { ...encoded, image: structuredClone(encoded.image) };
  }

  /** Takes the state of `previous` over, after a rehearsal. */
  takeOver(previous: KeptVersion): this {
    const target = {
      roots: this.roots,
      classes: this.#classes,
      carried: this.#carried,
      liveData: (wire: unknown) => wire,
    };
    rehearseKept(previous.encode(true).image, target);
    pourKept(previous.encode().image, target);
    return this;
  }
}
