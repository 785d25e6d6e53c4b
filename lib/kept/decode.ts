import { LiveswapError, messageOf } from '../core/errors.js';
import type { Carried } from './carried.js';
import { valueAt } from './column.js';
import { define } from './define.js';
import type { DecodedClass } from './decoded-class.js';
import type { KeptImage, Table } from './image.js';
import type { FieldFault, KeptClasses } from './kept-classes.js';
import { fillContent, makeObject, needsContent } from './make-object.js';
import { close } from './own-fields.js';
import { ImageTrail } from './image-trail.js';
import { unknownOutsideCarried } from './unknown-reach.js';

/** Target of decoding an image. */
export interface DecodeTarget {
  readonly classes: KeptClasses;
  /** The classes of the image that the version has, too. */
  readonly decoded: ReadonlyMap<string, DecodedClass>;
  readonly carried: Carried;
  /** Objects that take the place of roots: each keeps its identity. */
  readonly roots: ReadonlyMap<string, object>;
  /** The fields that `create` made, by the object that takes the place of the root. */
  readonly created: ReadonlyMap<object, ReadonlyMap<string, unknown>>;
  /** Makes live data from its wire form. */
  readonly liveData: (wire: unknown) => unknown;
}

/** The objects of an image, by their ids. */
export interface Decoded {
  readonly objects: readonly object[];
  readonly trail: ImageTrail;
}

/**
 * Recreates the objects of an image, in the classes of the version that reads it. The roots are filled in place and must be
 * empty.
 *
 * @throws LiveswapError `LIVE_DATA_MISMATCH` with the `path` of a field of another type, or of a class that is gone
 */
export function decodeKept(image: KeptImage, target: DecodeTarget): Decoded {
  return new Decoder(image, target).decode();
}

class Decoder {
  readonly #image: KeptImage;
  readonly #target: DecodeTarget;
  readonly #objects: object[];
  readonly #trail: ImageTrail;
  #hasUnknown = false;

  constructor(image: KeptImage, target: DecodeTarget) {
    this.#image = image;
    this.#target = target;
    this.#objects = Array.from<object>({ length: image.count });
    this.#trail = new ImageTrail(image);
  }

  decode(): Decoded {
    const { tables, roots } = this.#image;
    for (const { name, id } of roots) {
      const root = this.#target.roots.get(name);
      if (root) this.#objects[id] = root;
    }
    const inOrder = tables.toSorted((one, other) => rank(one) - rank(other));
    for (const table of inOrder) this.#make(table);
    if (this.#hasUnknown) this.#refuseUnknown();
    // Objects that an upcast may look at exist before it runs.
    const [plain, upcast] = partition(tables, (table) => this.#classOf(table)?.upcasts !== true);
    for (const table of [...plain, ...upcast]) this.#fill(table);
    if (!this.#image.isPartial) for (const table of tables) this.#check(table);
    for (const { seal, ids } of tables)
      if (seal > 0) for (const id of ids) close(this.#objects[id] as object, seal);
    return { objects: this.#objects, trail: this.#trail };
  }

  #classOf({ kind, class: name }: Table): DecodedClass | undefined {
    // A class itself is a constant, too.
    return name === undefined || kind === 'constant' ? undefined : this.#target.decoded.get(name);
  }

  #make(table: Table): void {
    const { kind, class: name, ids, ends, content } = table;
    const known = this.#classOf(table);
    const declaration = this.#image.classes.find((one) => one.name === name);
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row] as number;
      if (this.#objects[id] !== undefined) continue;
      if (kind === 'constant') {
        this.#objects[id] = this.#constant(name as string);
        continue;
      }
      const from = row === 0 ? 0 : (ends[row - 1] as number);
      const read = (index: number): unknown => valueAt(content, from + index, this.#objects);
      const made =
        known?.takeInstance() ?? makeObject(kind, name, known?.own.type, read, this.#target.liveData);
      this.#objects[id] = made;
      if (!declaration || known) continue;
      this.#hasUnknown = true;
      this.#target.carried.setUnknown(made, { class: declaration });
    }
  }

  #constant(name: string): object {
    const found = this.#target.classes.constants.get(name);
    if (found) return found;
    this.#hasUnknown = true;
    const placeholder = Object.freeze({});
    this.#target.carried.setUnknown(placeholder, { constant: name });
    return placeholder;
  }

  #refuseUnknown(): void {
    const isUnknown = (id: number): boolean =>
      this.#target.carried.unknown(this.#objects[id] as object) !== undefined;
    const found = unknownOutsideCarried(this.#image, this.#target.roots, isUnknown, (table, key) =>
      this.#isCarried(table, key),
    );
    if (found === undefined) return;
    const unknown = this.#target.carried.unknown(this.#objects[found] as object);
    const path = this.#trail.pathOf(found);
    const what =
      unknown &&
      ('class' in unknown ? `the class ${unknown.class.name}` : `the constant ${unknown.constant}`);
    throw new LiveswapError(
      'LIVE_DATA_MISMATCH',
      `Cannot move ${path}: ${what}, which it needs, is gone; if it has another name now, say \`/** @was … */\` there, or move it in an upcast.`,
      { path, expected: 'object', got: what },
    );
  }

  #isCarried(table: Table, index: number): boolean {
    const known = this.#classOf(table);
    const key = table.keys[index] as string;
    return known ? known.placeOf(key, index >= table.carried) === 'carried' : index >= table.carried;
  }

  #fill(table: Table): void {
    const { keys, fields, kind, ids, ends, content } = table;
    const known = this.#classOf(table);
    const places = keys.map((key, index) => this.#placeOf(table, key, index));
    const prototype = known?.own.type.prototype ?? Object.prototype;
    const isDefined = keys.map((key) => key in prototype);
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row] as number;
      const object = this.#objects[id] as Record<string, unknown>;
      const from = row === 0 ? 0 : (ends[row - 1] as number);
      const until = ends[row] as number;
      fillContent(kind, object, until - from, (index) => valueAt(content, from + index, this.#objects));
      if (known?.upcasts) {
        this.#upcast(known, table, row, object, id);
        continue;
      }
      let carried: Map<string, unknown> | undefined;
      for (let index = 0; index < keys.length; index++) {
        const key = keys[index] as string;
        const value = valueAt(fields[index]!, row, this.#objects);
        if (places[index] === 'carried') (carried ??= new Map()).set(key, value);
        else if (isDefined[index]) define(object, key, value);
        else object[key] = value;
      }
      if (carried) this.#target.carried.setFields(object, carried);
      known?.addDefaults(object, keys, this.#target.created.get(object));
    }
  }

  #placeOf(table: Table, key: string, index: number): 'own' | 'carried' {
    const known = this.#classOf(table);
    const wasCarried = index >= table.carried;
    return known ? known.placeOf(key, wasCarried) : wasCarried ? 'carried' : 'own';
  }

  #upcast(known: DecodedClass, table: Table, row: number, object: object, id: number): void {
    const before: Record<string, unknown> = {};
    for (const [index, key] of table.keys.entries()) {
      define(before, key, valueAt(table.fields[index]!, row, this.#objects));
    }
    try {
      const wasCarried = new Set(table.keys.slice(table.carried));
      const unseen = known.upcastInto(object, before, wasCarried, this.#target.created.get(object));
      if (unseen.size > 0) this.#target.carried.setFields(object, unseen);
    } catch (cause) {
      const path = this.#trail.pathOf(id);
      throw new LiveswapError(
        'LIVE_DATA_MISMATCH',
        `Cannot move ${path}: upcast of ${known.own.name} failed: ${messageOf(cause)}`,
        { path, type: known.own.name, cause },
      );
    }
  }

  /** Checks the fields of a table. Those of unchanged classes need no check. */
  #check(table: Table): void {
    const known = this.#classOf(table);
    if (!known?.hasChanged) return;
    for (const id of table.ids) {
      const object = this.#objects[id] as object;
      const fault = known.faultOf(object);
      if (fault) throw mismatch(this.#trail.pathOf(id), fault, known.own.name);
    }
  }
}

/** Creates the error for a field whose type differs from that in the newest code. */
export function mismatch(path: string, fault: FieldFault, type?: string): LiveswapError {
  const where = path + fault.path;
  return new LiveswapError(
    'LIVE_DATA_MISMATCH',
    `Cannot move ${where}: it should be ${fault.expected}, but is ${fault.got}; convert it in an upcast.`,
    { path: where, expected: fault.expected, got: fault.got, ...(type !== undefined && { type }) },
  );
}

/** Returns the rank in which a table is decoded: buffers come before their views. */
function rank({ kind }: Table): number {
  if (kind === 'buffer' || kind === 'cloned') return 0;
  return needsContent(kind) ? 1 : 2;
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
