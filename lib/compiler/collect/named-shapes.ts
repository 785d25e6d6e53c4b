import type { ts } from 'ts-morph';
import { hashOf } from '../../manifest/hash.js';
import type { Shape, ShapeTable } from '../../manifest/shape.js';

/** The shapes of types that are referred to by name; each name belongs to one type. */
export class NamedShapes {
  readonly #names = new Map<ts.Type, string>();
  readonly #shapes = new Map<string, Shape>();

  /** The shapes by name, in the order of the names. */
  get table(): ShapeTable {
    return Object.fromEntries([...this.#shapes].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  nameOf(type: ts.Type): string | undefined {
    return this.#names.get(type);
  }

  /** Gives a type a name, unless it has one: the requested one, if that is free. Returns the name. */
  give(type: ts.Type, wanted: string): string {
    const name = this.#names.get(type) ?? this.#freeName(wanted, type);
    this.#names.set(type, name);
    return name;
  }

  set(name: string, shape: Shape): void {
    this.#shapes.set(name, shape);
  }

  /** Returns a free name for a type. Two types with one name are distinguished by their files. */
  #freeName(wanted: string, type: ts.Type): string {
    if (!this.#shapes.has(wanted)) return wanted;
    const place = (type.aliasSymbol ?? type.symbol)?.declarations?.map((one) => one.getText()).join() ?? '';
    for (let clash = 0; ; clash++) {
      const name = `${wanted}_${hashOf(`${place} ${clash}`).slice(0, 8)}`;
      if (!this.#shapes.has(name)) return name;
    }
  }
}
