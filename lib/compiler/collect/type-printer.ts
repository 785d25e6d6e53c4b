import { ts } from 'ts-morph';
import type { NamedTypeFacts } from '../../manifest/manifest.js';
import { globalTypeName, statedArguments } from './global-name.js';
import { isField, isPublic } from './members.js';
import { RecursiveTypes } from './recursive-types.js';
import { isFunctionText, memberName, parenthesised, quoted } from './type-syntax.js';

/** Deeper or larger than this, a type is printed as `unknown`: nobody wants the whole of a library in a signature. */
const MAX_DEPTH = 24;
const MAX_PARTS = 1500;

/** How what a signature returns is printed. */
type PrintResult = (returned: ts.Type, signature: ts.Signature) => string;

/** What is printed of a live type: its members, as of any class; only its fields, which is all that a host gets; its name. */
type LiveStyle = 'members' | 'fields' | 'name';

/**
 * Prints types as text that means the same everywhere: types of the plugin and of packages are written out, those of
 * the language and of Node are named, members and alternatives are sorted. Two views of one type print alike.
 */
export class TypePrinter {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #open: ts.Type[] = [];
  readonly #recursive = new RecursiveTypes();
  /** The live types of the plugin, by the symbols of their instances. */
  readonly #liveNames: ReadonlyMap<ts.Symbol, string>;
  #liveStyle: LiveStyle = 'members';
  #liveNamed = 0;
  #parts = 0;

  constructor(program: ts.Program, liveNames: ReadonlyMap<ts.Symbol, string>) {
    this.#program = program;
    this.#checker = program.getTypeChecker();
    this.#liveNames = liveNames;
  }

  /** Types that what was printed refers to by name. */
  get named(): NamedTypeFacts[] {
    return this.#recursive.named;
  }

  type(type: ts.Type): string {
    return this.#whole('members', () => this.#type(type));
  }

  /** The type of a field: live types are named, because data of one is always data of its newest class. */
  field(type: ts.Type, optional: boolean): string {
    return this.#whole('name', () => (optional ? this.#withoutUndefined(type) : this.#type(type)));
  }

  /** The call signatures of a live function, as its callers see it: they have none of the plugin's classes. */
  liveFunction(type: ts.Type): string {
    return this.#whole('fields', () =>
      this.#callable(type.getCallSignatures(), (returned) => `Promise<${this.#awaited(returned)}>`),
    );
  }

  /** The call signatures of a method of a plugin; a promise of something is written as that thing. */
  method(type: ts.Type): string {
    return this.#whole('members', () =>
      this.#callable(type.getCallSignatures(), (returned, call) =>
        this.#awaited(this.#widened(returned, call)),
      ),
    );
  }

  /** Where a function takes live types: each parameter as a type, `unknown` without live types; a rest begins with `...`. */
  taken(type: ts.Type): string[] | undefined {
    const [signature, ...overloads] = type.getCallSignatures();
    if (!signature || overloads.length > 0 || this.#liveNames.size === 0) return undefined;
    const before = this.#liveNamed;
    const taken = signature.parameters.map((parameter) => {
      const known = this.#liveNamed;
      const text = this.#whole('name', () => this.#type(this.#checker.getTypeOfSymbol(parameter)));
      const shown = this.#liveNamed > known ? text : 'unknown';
      return isRest(parameter) ? `...${shown}` : shown;
    });
    return this.#liveNamed > before ? taken : undefined;
  }

  #whole(live: LiveStyle, print: () => string): string {
    this.#liveStyle = live;
    this.#parts = 0;
    return print();
  }

  #awaited(type: ts.Type): string {
    return this.#type(this.#checker.getAwaitedType(type) ?? type);
  }

  /** Without a written result type, the very text or number that is returned today is not part of the contract. */
  #widened(returned: ts.Type, { declaration }: ts.Signature): ts.Type {
    const isWritten = declaration === undefined || ('type' in declaration && declaration.type !== undefined);
    return isWritten || returned.isUnion() ? returned : this.#checker.getBaseTypeOfLiteralType(returned);
  }

  #type(type: ts.Type): string {
    if (this.#open.length > MAX_DEPTH || ++this.#parts > MAX_PARTS) return 'unknown';
    if (type.flags & ts.TypeFlags.EnumLiteral && !type.isUnion())
      return literal(type) ?? this.#asWritten(type);
    if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
    if (!(type.flags & ts.TypeFlags.Object) && !type.isUnionOrIntersection()) return this.#asWritten(type);
    const name = this.#liveName(type) ?? this.#globalName(type);
    if (name) return name;
    if (this.#open.includes(type)) return this.#recursive.refer(type);
    this.#open.push(type);
    const text = this.#composite(type);
    this.#open.pop();
    // What names live types is read by who knows them; the others could not resolve it.
    return this.#recursive.complete(type, text, this.#liveStyle === 'name' ? 'once' : 'for all');
  }

  #composite(type: ts.Type): string {
    if (type.isUnion()) return this.#union(type.types);
    if (type.isIntersection() && !this.#isPlain(type)) {
      return type.types.map((part) => parenthesised(this.#type(part))).join(' & ');
    }
    if (this.#checker.isTupleType(type)) return this.#tuple(type as ts.TupleTypeReference);
    if (this.#checker.isArrayType(type)) return this.#array(type as ts.TypeReference);
    return this.#members(type);
  }

  #union(types: readonly ts.Type[]): string {
    const texts = new Set(types.map((type) => this.#type(type)));
    if (texts.has('true') && texts.has('false')) {
      texts.delete('true');
      texts.delete('false');
      texts.add('boolean');
    }
    const nothing = ['null', 'undefined', 'void'].filter((text) => texts.delete(text));
    const sorted = [...texts].sort().map((text) => (isFunctionText(text) ? `(${text})` : text));
    return [...sorted, ...nothing].join(' | ');
  }

  #array(type: ts.TypeReference): string {
    const [element] = this.#checker.getTypeArguments(type);
    const text = parenthesised(element ? this.#type(element) : 'unknown');
    return `${type.symbol.name === 'ReadonlyArray' ? 'readonly ' : ''}${text}[]`;
  }

  #tuple(type: ts.TupleTypeReference): string {
    const { elementFlags, readonly } = type.target;
    const elements = this.#checker.getTypeArguments(type).map((element, index) => {
      const flags = elementFlags[index] ?? ts.ElementFlags.Required;
      if (flags & ts.ElementFlags.Rest) return `...${parenthesised(this.#type(element))}[]`;
      if (flags & ts.ElementFlags.Variadic) return `...${this.#type(element)}`;
      if (flags & ts.ElementFlags.Optional) return `${parenthesised(this.#withoutUndefined(element))}?`;
      return this.#type(element);
    });
    return `${readonly ? 'readonly ' : ''}[${elements.join(', ')}]`;
  }

  #liveName(type: ts.Type): string | undefined {
    const live = this.#liveStyle === 'name' ? this.#liveIn(type) : undefined;
    if (!live) return undefined;
    this.#liveNamed++;
    return this.#liveNames.get(live.symbol);
  }

  /** The live type that a type is of: `Readonly<Live_Fire>` is as live as `Live_Fire`. */
  #liveIn(type: ts.Type): ts.Type | undefined {
    const [mapped] = /^(?:Readonly|Partial|Required)$/.test(type.aliasSymbol?.name ?? '')
      ? (type.aliasTypeArguments ?? [])
      : [];
    const live = mapped ?? type;
    const isInstance = this.#liveNames.has(live.symbol) && live.getConstructSignatures().length === 0;
    return isInstance ? live : undefined;
  }

  /** The name of a type that the language or Node declares. */
  #globalName(type: ts.Type): string | undefined {
    const name = this.#checker.isArrayType(type) ? undefined : globalTypeName(type, this.#program);
    if (!name) return undefined;
    const args = statedArguments(type as ts.TypeReference, this.#checker).map((arg) => this.#type(arg));
    return args.length > 0 ? `${name}<${args.join(', ')}>` : name;
  }

  #members(type: ts.Type): string {
    const calls = type.getCallSignatures();
    const live = this.#liveStyle === 'fields' ? this.#liveIn(type) : undefined;
    const methods = new Set(live?.getProperties().flatMap((one) => (isField(one) ? [] : [one.name])));
    const properties = this.#checker
      .getPropertiesOfType(type)
      .filter((property) => isPublic(property) && !methods.has(property.name));
    const indexes = this.#checker.getIndexInfosOfType(type);
    if (calls.length > 0 && properties.length === 0 && indexes.length === 0) {
      return this.#callable(calls, (returned) => this.#type(returned));
    }
    const members = [
      ...calls.map((call) => this.#signature(call, ': ', (returned) => this.#type(returned))),
      ...type
        .getConstructSignatures()
        .map((make) => `new ${this.#signature(make, ': ', (made) => this.#type(made))}`),
      ...indexes.map(({ keyType, type: value }) => `[key: ${this.#type(keyType)}]: ${this.#type(value)}`),
      ...properties.map((property) => this.#property(property)).sort(),
    ];
    return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`;
  }

  #property(property: ts.Symbol): string {
    const type = this.#checker.getTypeOfSymbol(property);
    const name = memberName(property.name);
    return property.flags & ts.SymbolFlags.Optional
      ? `${name}?: ${this.#withoutUndefined(type)}`
      : `${name}: ${this.#type(type)}`;
  }

  #withoutUndefined(type: ts.Type): string {
    if (!type.isUnion()) return this.#type(type);
    const rest = type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined));
    return this.#union(rest);
  }

  #callable(calls: readonly ts.Signature[], result: PrintResult): string {
    const [only, ...overloads] = calls;
    if (only && overloads.length === 0) return this.#signature(only, ' => ', result);
    return `{ ${calls.map((call) => this.#signature(call, ': ', result)).join('; ')} }`;
  }

  #signature(signature: ts.Signature, arrow: string, result: PrintResult): string {
    const written = this.#checker.signatureToSignatureDeclaration(
      signature,
      ts.SyntaxKind.FunctionType,
      undefined,
      ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.IgnoreErrors,
    );
    const parameters = signature.parameters.map((parameter, index) => {
      const { questionToken } = written?.parameters[index] ?? {};
      const type = this.#checker.getTypeOfSymbol(parameter);
      // A parameter that is taken apart has no name of its own: the checker calls it `__0`.
      const name = /^__\d+$/.test(parameter.name) ? `arg${index}` : parameter.name;
      if (isRest(parameter)) return `...${name}: ${this.#type(type)}`;
      return questionToken ? `${name}?: ${this.#withoutUndefined(type)}` : `${name}: ${this.#type(type)}`;
    });
    const generics = (signature.typeParameters ?? []).map((parameter) => {
      const constraint = parameter.getConstraint();
      return `${parameter.symbol.name}${constraint ? ` extends ${this.#type(constraint)}` : ''}`;
    });
    const head = `${generics.length > 0 ? `<${generics.join(', ')}>` : ''}(${parameters.join(', ')})`;
    return `${head}${arrow}${result(signature.getReturnType(), signature)}`;
  }

  #isPlain(type: ts.IntersectionType): boolean {
    return type.types.every(
      (part) =>
        part.flags & ts.TypeFlags.Object && part.getCallSignatures().length === 0 && !this.#globalName(part),
    );
  }

  #asWritten(type: ts.Type): string {
    return (
      literal(type) ??
      this.#checker
        .typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)
        .replaceAll(/import\("[^"]*"\)\./g, '')
    );
  }
}

// Not as the checker writes it: a rest parameter whose type is a tuple it writes as the parameters that these are.
function isRest({ valueDeclaration }: ts.Symbol): boolean {
  return !!valueDeclaration && ts.isParameter(valueDeclaration) && !!valueDeclaration.dotDotDotToken;
}

function literal(type: ts.Type): string | undefined {
  if (!type.isLiteral() || typeof type.value === 'object') return undefined;
  return typeof type.value === 'string' ? quoted(type.value) : String(type.value);
}
