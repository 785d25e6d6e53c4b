import { ts, type Project } from 'ts-morph';
import { hashOf } from '../../manifest/hash.js';
import type { FunctionShape, Shape, ShapeTable, TupleElement } from '../../manifest/shape.js';
import { isLiveData } from '../rules/analysis/liveswap-package.js';
import { declaredName } from './declared-name.js';
import { globalTypeName, statedArguments } from './global-name.js';
import { MemberReader } from './member-reader.js';
import { isGenericMapped, opaqueShape, writtenText } from './opaque-shape.js';
import { LiveTypeNames, type KnownLiveTypes } from './live-type-names.js';
import { NamedShapes } from './named-shapes.js';
import { SignatureReader } from './signature-reader.js';
import { simpleShape } from './simple-shape.js';

/** Maximum depth: a deeper or larger type is opaque, because a manifest should not contain a whole library. */
const MAX_DEPTH = 40;
const MAX_PARTS = 20_000;

/**
 * Reads types as shapes. Declared types and those that refer to themselves are written once, into a table, and referred
 * to by name.
 */
export class ShapeReader {
  readonly #project: Project;
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #live: LiveTypeNames;
  readonly #signatures: SignatureReader;
  readonly #members: MemberReader;
  readonly #named = new NamedShapes();
  /** Types that are being read, from the innermost declared type on; a cycle through a declared type already has a name. */
  #open: readonly ts.Type[] = [];
  #depth = 0;
  #parts = 0;

  constructor(project: Project, live: KnownLiveTypes) {
    this.#project = project;
    this.#program = project.getProgram().compilerObject;
    this.#checker = this.#program.getTypeChecker();
    this.#live = new LiveTypeNames(live);
    this.#signatures = new SignatureReader(this.#checker, this);
    this.#members = new MemberReader(this.#checker, {
      live: this.#live,
      signatures: this.#signatures,
      shapes: this,
    });
  }

  /** Types to which the shapes refer, by name, in the order of the names. */
  get table(): ShapeTable {
    return this.#named.table;
  }

  shape(type: ts.Type): Shape {
    const simple = simpleShape(type);
    if (simple) return simple;
    if (this.#depth > MAX_DEPTH || ++this.#parts > MAX_PARTS) return this.#tooLarge(type);
    const known = this.#named.nameOf(type);
    if (known !== undefined) return { kind: 'ref', name: known };
    const platform = this.#variantOfLive(type) ?? this.#platform(type);
    if (platform) return platform;
    const name = this.#live.nameOf(type) ?? declaredName(type, this.#program);
    if (name !== undefined) return this.#declare(type, name);
    // An unnamed type that refers to itself gets a name.
    if (this.#open.includes(type)) return { kind: 'ref', name: this.#named.give(type, 'Type') };
    const shape = this.#within([...this.#open, type], () => this.#composite(type));
    const given = this.#named.nameOf(type);
    if (given === undefined) return shape;
    this.#named.set(given, shape);
    return { kind: 'ref', name: given };
  }

  /** Returns the type of a field, without the `undefined` of an optional one. */
  field(type: ts.Type, optional: boolean): Shape {
    return optional ? this.#withoutUndefined(type) : this.shape(type);
  }

  /** Returns the call signatures of a function as its callers see it: a promise counts as its value. */
  awaited(type: ts.Type): FunctionShape {
    return this.#signatures.function(type, (returned, call) => {
      const widened = this.#widened(returned, call);
      return this.shape(this.#checker.getAwaitedType(widened) ?? widened);
    });
  }

  #within<T>(open: readonly ts.Type[], read: () => T): T {
    const before = this.#open;
    this.#open = open;
    this.#depth++;
    try {
      return read();
    } finally {
      this.#open = before;
      this.#depth--;
    }
  }

  #declare(type: ts.Type, wanted: string): Shape {
    const name = this.#named.give(type, wanted);
    // Reserve the name before reading, so that no other type takes it.
    this.#named.set(name, 'unknown');
    this.#named.set(
      name,
      this.#within([], () => this.#composite(type)),
    );
    return { kind: 'ref', name };
  }

  #tooLarge(type: ts.Type): Shape {
    const declared = (type.aliasSymbol ?? type.symbol)?.declarations?.map((one) => one.getText()) ?? [];
    const digest = hashOf(declared.join('\n')).slice(0, 8);
    return { kind: 'opaque', text: `${writtenText(type, this.#checker)} /* too large: ${digest} */` };
  }

  /**
   * Returns the type that callers rely on: without an explicit result type, the literal value returned today is not part of the
   * contract.
   */
  #widened(returned: ts.Type, { declaration }: ts.Signature): ts.Type {
    const isWritten = declaration === undefined || ('type' in declaration && declaration.type !== undefined);
    return isWritten || returned.isUnion() ? returned : this.#checker.getBaseTypeOfLiteralType(returned);
  }

  /**
   * Returns the shape of a variant of a live type. `Readonly<Live_Fire>` is as live as `Live_Fire`; the names of `Partial` and
   * `Required` variants tell which fields they have.
   */
  #variantOfLive(type: ts.Type): Shape | undefined {
    const variant = this.#live.variantOf(type);
    if (!variant) return undefined;
    const shape = this.shape(variant.live);
    return variant.name === 'Readonly' ? shape : { kind: 'platform', name: variant.name, args: [shape] };
  }

  #platform(type: ts.Type): Shape | undefined {
    if (!(type.flags & ts.TypeFlags.Object) || this.#checker.isArrayType(type)) return undefined;
    const { symbol } = type;
    const name =
      symbol && isLiveData(symbol, this.#project) ? 'LiveData' : globalTypeName(type, this.#program);
    if (name === undefined) return undefined;
    const args = this.#arguments(type as ts.TypeReference, name);
    if (args.length === 0) return { kind: 'platform', name };
    return {
      kind: 'platform',
      name,
      args: this.#within([...this.#open, type], () => args.map((arg) => this.shape(arg))),
    };
  }

  /**
   * Returns the type arguments that count. Of `LiveData`, only the guarded type does; the name of the live type is for calls in
   * the same program.
   */
  #arguments(type: ts.TypeReference, name: string): readonly ts.Type[] {
    const args = statedArguments(type, this.#checker);
    if (name !== 'LiveData') return args;
    return args.slice(0, 1).filter(({ flags }) => !(flags & ts.TypeFlags.Unknown));
  }

  #composite(type: ts.Type): Shape {
    if (type.isUnion()) return this.#union(type.types);
    if (type.isIntersection() && this.#isImpossible(type)) return 'never';
    if (type.isIntersection() && !this.#isPlain(type)) {
      return { kind: 'intersection', members: type.types.map((part) => this.shape(part)) };
    }
    if (this.#checker.isTupleType(type)) return this.#tuple(type as ts.TupleTypeReference);
    if (this.#checker.isArrayType(type)) return this.#array(type as ts.TypeReference);
    return opaqueShape(type, this.#program, (part) => this.shape(part)) ?? this.#members.read(type);
  }

  /**
   * Returns the shape of a union, whose members are sorted by content, because the checker's own order depends on what it has
   * seen before.
   */
  #union(types: readonly ts.Type[]): Shape {
    const isBoolean = types.filter((type) => type.flags & ts.TypeFlags.BooleanLiteral).length === 2;
    const members = types
      .filter((type) => !isBoolean || !(type.flags & ts.TypeFlags.BooleanLiteral))
      .map((type) => ({ type, text: writtenText(type, this.#checker) }))
      .sort((left, right) => (left.text < right.text ? -1 : 1))
      .map(({ type }) => this.shape(type));
    if (isBoolean) members.push('boolean');
    const [only] = members;
    return only !== undefined && members.length === 1 ? only : { kind: 'union', members };
  }

  #withoutUndefined(type: ts.Type): Shape {
    if (!type.isUnion()) return this.shape(type);
    const rest = type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    return rest.length === type.types.length ? this.shape(type) : this.#union(rest);
  }

  #array(type: ts.TypeReference): Shape {
    const [element] = this.#checker.getTypeArguments(type);
    const isReadonly = type.symbol.name === 'ReadonlyArray';
    return {
      kind: 'array',
      element: element ? this.shape(element) : 'unknown',
      ...(isReadonly && { readonly: true }),
    };
  }

  #tuple(type: ts.TupleTypeReference): Shape {
    const { elementFlags, readonly } = type.target;
    const elements = this.#checker.getTypeArguments(type).map((element, index): TupleElement => {
      const flags = elementFlags[index] ?? ts.ElementFlags.Required;
      if (flags & ts.ElementFlags.Rest) return { shape: this.shape(element), rest: true };
      if (flags & ts.ElementFlags.Variadic) {
        return { shape: { kind: 'opaque', text: 'spread', parts: [this.shape(element)] }, rest: true };
      }
      if (flags & ts.ElementFlags.Optional) return { shape: this.#withoutUndefined(element), optional: true };
      return { shape: this.shape(element) };
    });
    return { kind: 'tuple', elements, ...(readonly && { readonly: true }) };
  }

  /** Returns true when no value can satisfy an intersection, in which the checker then finds no fields. */
  #isImpossible(type: ts.IntersectionType): boolean {
    return this.#checker.isTypeAssignableTo(type, this.#checker.getNeverType());
  }

  #isPlain(type: ts.IntersectionType): boolean {
    return type.types.every(
      (part) =>
        part.flags & ts.TypeFlags.Object &&
        !isGenericMapped(part, this.#checker) &&
        !this.#checker.isArrayType(part) &&
        !this.#checker.isTupleType(part) &&
        part.getCallSignatures().length === 0 &&
        !globalTypeName(part, this.#program),
    );
  }
}
