import { ts } from 'ts-morph';
import type { FieldShape, ObjectShape, Shape } from '../../manifest/shape.js';
import type { LiveTypeNames } from './live-type-names.js';
import { hidingClass, symbolFile } from './member-origin.js';
import { isField, isPrivateName, isPrototype, memberKey } from './members.js';
import { writtenText } from './opaque-shape.js';
import type { SignatureReader, TypeShapes } from './signature-reader.js';

/** Dependencies of a {@link MemberReader}. */
export interface MemberReaderDeps {
  readonly live: LiveTypeNames;
  readonly signatures: SignatureReader;
  readonly shapes: TypeShapes;
}

/** Reads the members of object types; a `ShapeReader` reads the types of the members. */
export class MemberReader {
  readonly #checker: ts.TypeChecker;
  readonly #live: LiveTypeNames;
  readonly #signatures: SignatureReader;
  readonly #shapes: TypeShapes;

  constructor(checker: ts.TypeChecker, { live, signatures, shapes }: MemberReaderDeps) {
    this.#checker = checker;
    this.#live = live;
    this.#signatures = signatures;
    this.#shapes = shapes;
  }

  /** Returns the shape of an object type: its fields, or its call signatures if it has nothing else. */
  read(type: ts.Type): Shape {
    const calls = type.getCallSignatures();
    const makes = type.getConstructSignatures();
    const isLive = this.#live.isLive(type);
    const properties = this.#checker
      .getPropertiesOfType(type)
      .filter((property) => !isPrototype(property) && !(isLive && !isField(property)));
    const indexes = this.#checker.getIndexInfosOfType(type);
    if (calls.length > 0 && properties.length + indexes.length + makes.length === 0) {
      return this.#signatures.function(type, (returned) => this.#shapes.shape(returned));
    }
    const isDeclared = (type.isIntersection() ? type.types : [type]).some(isDeclaredObject);
    const object: ObjectShape = {
      kind: 'object',
      fields: properties
        .map((property) => this.#field(property))
        .sort((left, right) => (left.name < right.name ? -1 : 1)),
      ...(indexes.length > 0 && {
        indexes: indexes.map(({ keyType, type: value }) => ({
          key: this.#shapes.shape(keyType),
          value: this.#shapes.shape(value),
        })),
      }),
      ...(isDeclared && { declared: true }),
    };
    if (calls.length + makes.length === 0) return object;
    // A class, or a function with fields, never crosses a thread.
    const made = makes.map((make) => this.#signatures.read(make, (instance) => this.#shapes.shape(instance)));
    const parts: Shape[] = [
      object,
      this.#signatures.function(type, (returned) => this.#shapes.shape(returned)),
      { kind: 'function', calls: made },
    ];
    return { kind: 'opaque', text: writtenText(type, this.#checker), parts };
  }

  #field(property: ts.Symbol): FieldShape {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const hiding = hidingClass(property);
    const origin = hiding ?? symbolFile(property, this.#checker);
    const base = {
      name: memberKey(property),
      ...(hiding !== undefined && { hidden: true as const }),
      ...(origin !== undefined && { origin }),
    };
    // A private field does not cross a thread, but it distinguishes its class.
    if (isPrivateName(property)) return { ...base, shape: 'unknown', optional: true };
    const shape = this.#shapes.field(this.#checker.getTypeOfSymbol(property), optional);
    return { ...base, shape, ...(optional && { optional }) };
  }
}

/** Returns whether a type is an interface or a class, to which fields may be added elsewhere. */
function isDeclaredObject({ symbol }: ts.Type): boolean {
  return ((symbol?.flags ?? 0) & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) !== 0;
}
