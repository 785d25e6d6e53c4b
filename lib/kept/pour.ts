import { LiveswapError, messageOf } from '../core/errors.js';
import { Carried, type CarriedRoot } from './carried.js';
import { decodeKept, mismatch } from './decode.js';
import { decodedClasses } from './decoded-classes.js';
import { define } from './define.js';
import { empty } from './empty.js';
import type { KeptImage, Kind, RootImage, Table } from './image.js';
import type { FieldCheck, KeptClasses, ShapeFacts } from './kept-classes.js';
import { classify } from './kinds.js';
import { makeObject } from './make-object.js';

/** A root that `create` made, and the plugin's facts about it. */
export interface OwnRoot {
  readonly root: object;
  /** The fields that `create` made, when it made an object. */
  readonly made: readonly string[];
  readonly upcast?: ((state: never, from: string) => unknown) | undefined;
  readonly facts?: RootFacts | undefined;
}

/** Facts of the build about the type of a root. */
export interface RootFacts extends ShapeFacts {
  readonly check: FieldCheck;
}

/** A version that takes state over. */
export interface KeptTarget {
  readonly roots: ReadonlyMap<string, OwnRoot>;
  readonly classes: KeptClasses;
  readonly carried: Carried;
  readonly liveData: (wire: unknown) => unknown;
}

/**
 * Pours moved state into the roots of a version. The roots keep their identity.
 *
 * @throws LiveswapError `LIVE_DATA_MISMATCH` with the `path` of what does not fit
 */
export function pourKept(image: KeptImage, target: KeptTarget): void {
  new Pouring(image, target, false).run();
}

/**
 * Works like {@link pourKept}, but into objects that are thrown away: the version's own roots are not touched.
 * @throws like {@link pourKept}
 */
export function rehearseKept(image: KeptImage, target: KeptTarget): void {
  new Pouring(image, { ...target, carried: new Carried() }, true).run();
}

/** One root that both versions have. */
interface Move {
  readonly from: RootImage;
  readonly own: OwnRoot;
  /** The final root. */
  readonly root: object;
  /** Object into which the state is decoded: the root itself, unless the old root was of another kind. */
  readonly holder: object;
  /** Values that `create` added. */
  readonly made: ReadonlyMap<string, unknown>;
}

class Pouring {
  readonly #image: KeptImage;
  readonly #target: KeptTarget;
  readonly #isRehearsal: boolean;

  constructor(image: KeptImage, target: KeptTarget, isRehearsal: boolean) {
    this.#image = image;
    this.#target = target;
    this.#isRehearsal = isRehearsal;
  }

  run(): void {
    const moves = this.#image.roots.flatMap((from) => this.#prepare(from) ?? []);
    const { classes, carried, liveData } = this.#target;
    // Values that constructors put into a root are discarded with its seeds.
    const existing = new Set(moves.map(({ from }) => from.id));
    const decoded = decodedClasses(this.#image, classes, existing);
    for (const { root } of moves) empty(root);
    const roots = new Map(moves.map(({ from, holder }) => [from.name, holder]));
    const created = new Map(
      moves.flatMap(({ root, holder, made }) => (holder === root ? [[root, made]] : [])),
    );
    const target = { classes, decoded, carried, roots, created, liveData };
    const { objects } = decodeKept(this.#image, target);
    for (const move of moves) this.#finish(move);
    if (!this.#image.isPartial) for (const move of moves) this.#check(move);
    const left = this.#image.roots.filter(({ name }) => !roots.has(name));
    carried.roots = new Map(
      left.map(({ name, id, made, fingerprint }): [string, CarriedRoot] => [
        name,
        { state: objects[id] as object, made, fingerprint },
      ]),
    );
  }

  #prepare(from: RootImage): Move | undefined {
    const own = this.#target.roots.get(from.name);
    if (!own) return undefined;
    if (!Object.isExtensible(own.root))
      throw refusal(from.name, 'an object that can be filled', 'a frozen one');
    const shape = this.#shapeOf(own.root);
    const before = this.#shapeBefore(from);
    const isSame = shape.kind === before.kind && shape.class === before.class;
    if (!isSame && !own.upcast) throw refusal(from.name, shape.text, before.text);
    const made = new Map(own.made.map((key) => [key, (own.root as Record<string, unknown>)[key]]));
    const root = this.#isRehearsal ? this.#bare(shape.kind, shape.class) : own.root;
    return { from, own, root, holder: isSame ? root : this.#bare(before.kind, before.class), made };
  }

  #shapeOf(value: object): { kind: Kind; class: string | undefined; text: string } {
    const classified = classify(value, this.#target.classes);
    if ('refused' in classified) throw new LiveswapError('INTERNAL', `A kept root is ${classified.refused}.`);
    return { ...classified, text: classified.class ?? classified.kind };
  }

  #shapeBefore({ id }: RootImage): { kind: Kind; class: string | undefined; text: string } {
    const table = tableOf(this.#image, id);
    const kind = table?.kind === 'sparse array' ? 'array' : (table?.kind ?? 'object');
    const known = table?.class === undefined ? undefined : this.#target.classes.get(table.class);
    return { kind, class: known?.name ?? table?.class, text: table?.class ?? kind };
  }

  #bare(kind: Kind, name: string | undefined): object {
    const type = name === undefined ? undefined : this.#target.classes.get(name)?.type;
    return makeObject(kind, name, type, () => undefined, this.#target.liveData);
  }

  #finish({ from, own, root, holder, made }: Move): void {
    const hasChanged = !own.facts || own.facts.fingerprint !== from.fingerprint;
    if (own.upcast && (hasChanged || holder !== root)) {
      const state = this.#upcast(own.upcast, holder, from);
      if (state !== root) refill(root, state, from.name);
    }
    const before = new Set(from.made);
    for (const [key, value] of made) {
      const isNew = !Object.hasOwn(root, key) && !before.has(key);
      const isField = !own.facts || own.facts.fields.size === 0 || own.facts.fields.has(key);
      if (isNew && isField) define(root, key, value);
    }
  }

  #upcast(upcast: NonNullable<OwnRoot['upcast']>, state: object, { name, fingerprint }: RootImage): object {
    try {
      const result: unknown = upcast(state as never, fingerprint);
      if (typeof result === 'object' && result !== null) return result;
      throw new TypeError(`it returned ${result === null ? 'null' : typeof result}`);
    } catch (cause) {
      throw new LiveswapError(
        'LIVE_DATA_MISMATCH',
        `Cannot move ${name}: upcast failed: ${messageOf(cause)}`,
        {
          path: name,
          cause,
        },
      );
    }
  }

  #check({ from, own, root }: Move): void {
    if (!own.facts || own.facts.fingerprint === from.fingerprint) return;
    const fault = own.facts.check(root);
    if (fault) throw mismatch(from.name, fault);
  }
}

function tableOf({ tables }: KeptImage, id: number): Table | undefined {
  return tables.find(({ ids }) => ids.includes(id));
}

function refusal(path: string, expected: string, got: string): LiveswapError {
  return mismatch(path, { path: '', expected, got });
}

/** Fills `root` with the contents of `state`. */
function refill(root: object, state: object, name: string): void {
  const content = fillingOf(root, state, name);
  const fields = Object.entries(state).filter(([key]) => !Array.isArray(state) || !/^\d+$/.test(key));
  empty(root);
  content(root);
  for (const [key, value] of fields) define(root, key, value);
}

function fillingOf(root: object, state: object, name: string): (root: object) => void {
  if (root instanceof Map && state instanceof Map) {
    const entries = [...(state as Map<unknown, unknown>)];
    return (map) => entries.forEach(([key, value]) => (map as Map<unknown, unknown>).set(key, value));
  }
  if (root instanceof Set && state instanceof Set) {
    const members = [...(state as Set<unknown>)];
    return (set) => members.forEach((member) => (set as Set<unknown>).add(member));
  }
  if (Array.isArray(root) && Array.isArray(state)) {
    const elements = [...(state as unknown[])];
    return (array) => elements.forEach((element) => (array as unknown[]).push(element));
  }
  const isCollection = (value: object): boolean =>
    value instanceof Map || value instanceof Set || Array.isArray(value);
  if (isCollection(root) || isCollection(state)) throw refusal(name, kindOf(root), kindOf(state));
  return () => {};
}

function kindOf(value: object): string {
  return value.constructor?.name ?? 'object';
}
