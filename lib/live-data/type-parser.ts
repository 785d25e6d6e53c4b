import { optionalShape, type PrimitiveName, type Shape, type ShapeKind, type TupleElement } from './shape.js';
import { NotUnderstood, TypeTokens } from './type-tokens.js';

/** What the text of a type says of its values; anything that is not understood is a shape that accepts everything. */
export function shapeOf(text: string): Shape {
  try {
    return new TypeParser(text).whole();
  } catch (error) {
    if (error instanceof NotUnderstood) return { kind: 'any', text };
    throw error;
  }
}

const primitives: ReadonlySet<string> = new Set<PrimitiveName>([
  'string',
  'number',
  'bigint',
  'boolean',
  'symbol',
  'undefined',
  'null',
  'object',
]);

/** Operators, and beginnings of types that are not data. */
const operators = new Set(['keyof', 'typeof', 'unique', 'infer', 'asserts', 'new', 'abstract']);

/** Reads the types of data: recursive descent, one method a level of binding. */
class TypeParser {
  readonly #tokens: TypeTokens;

  constructor(text: string) {
    this.#tokens = new TypeTokens(text);
  }

  whole(): Shape {
    const shape = this.#union();
    if (this.#tokens.peek() !== '') throw new NotUnderstood();
    return shape;
  }

  #union(): Shape {
    return this.#joined('union', '|', () => this.#joined('intersection', '&', () => this.#postfix()));
  }

  #joined(kind: 'union' | 'intersection', sign: string, member: () => Shape): Shape {
    const { start } = this.#tokens;
    this.#tokens.skip(sign);
    const members = [member()];
    while (this.#tokens.skip(sign)) members.push(member());
    return members.length === 1 ? members[0]! : this.#shape(start, { kind, members });
  }

  #postfix(): Shape {
    if (this.#tokens.skip('readonly')) return this.#postfix();
    const { start } = this.#tokens;
    let shape = this.#primary();
    while (this.#tokens.skip('[')) {
      this.#tokens.expect(']');
      shape = this.#shape(start, { kind: 'array', element: shape });
    }
    return shape;
  }

  #primary(): Shape {
    const { start } = this.#tokens;
    const word = this.#tokens.take();
    if (word === '(') return this.#brackets();
    if (word === '{') return this.#shape(start, this.#objectLiteral());
    if (word === '[') return this.#shape(start, { kind: 'tuple', elements: this.#tuple() });
    if (word.startsWith('`')) return this.#shape(start, { kind: 'primitive', type: 'string' });
    if (/^["'\d-]/.test(word) || word === 'true' || word === 'false') {
      const value = word === '-' ? negative(this.#tokens.take()) : literal(word);
      return this.#shape(start, { kind: 'literal', value });
    }
    if (!/^[\p{ID_Start}$_]/u.test(word) || operators.has(word)) throw new NotUnderstood();
    if (word === 'any' || word === 'unknown') return this.#shape(start, { kind: 'any' });
    if (primitives.has(word)) return this.#shape(start, { kind: 'primitive', type: word as PrimitiveName });
    return this.#reference(start, word);
  }

  #brackets(): Shape {
    const shape = this.#union();
    this.#tokens.expect(')');
    return shape;
  }

  /** `Name`, `scope.Name`, `import("./file").Name`, with type arguments or without. */
  #reference(start: number, first: string): Shape {
    let name = first;
    if (first === 'import' && this.#tokens.skip('(')) {
      this.#tokens.take();
      this.#tokens.expect(')');
    }
    while (this.#tokens.skip('.')) name = this.#tokens.take();
    const args: Shape[] = [];
    if (this.#tokens.skip('<')) {
      do args.push(this.#union());
      while (this.#tokens.skip(','));
      this.#tokens.expect('>');
    }
    return this.#shape(start, named(name, args));
  }

  #objectLiteral(): ShapeKind {
    const fields = new Map<string, Shape>();
    let rest: Shape | undefined;
    while (!this.#tokens.skip('}')) {
      if (!/^[?:]$/.test(this.#tokens.peek(1))) this.#tokens.skip('readonly');
      if (this.#tokens.skip('[')) {
        this.#tokens.take();
        this.#tokens.expect(':');
        this.#union();
        this.#tokens.expect(']');
        this.#tokens.expect(':');
        rest = this.#union();
      } else {
        fields.set(...this.#field());
      }
      this.#separator('}', ';', ',');
    }
    return { kind: 'object', fields, rest };
  }

  #field(): [name: string, shape: Shape] {
    const word = this.#tokens.take();
    const name = /^["']/.test(word) ? String(literal(word)) : word;
    const optional = this.#tokens.skip('?');
    this.#tokens.expect(':');
    const shape = this.#union();
    return [name, optional ? optionalShape(shape) : shape];
  }

  #tuple(): TupleElement[] {
    const elements: TupleElement[] = [];
    while (!this.#tokens.skip(']')) {
      const rest = this.#tokens.skip('...');
      const isNamed =
        this.#tokens.peek(1) === ':' || (this.#tokens.peek(1) === '?' && this.#tokens.peek(2) === ':');
      if (isNamed) this.#tokens.take();
      const isOptionalName = isNamed && this.#tokens.skip('?');
      if (isNamed) this.#tokens.expect(':');
      const type = this.#union();
      const optional = this.#tokens.skip('?') || isOptionalName;
      const one = rest && type.kind === 'array' ? type.element : type;
      elements.push({ shape: optional ? optionalShape(one) : one, optional, rest });
      this.#separator(']', ',');
    }
    return elements;
  }

  #separator(end: string, ...separators: string[]): void {
    if (!separators.some((sign) => this.#tokens.skip(sign)) && this.#tokens.peek() !== end) {
      throw new NotUnderstood();
    }
  }

  #shape(start: number, kind: ShapeKind): Shape {
    return { ...kind, text: this.#tokens.since(start) };
  }
}

/** The shape of a type by name; arguments count where they say what the data holds. */
function named(name: string, args: readonly Shape[]): ShapeKind {
  const any: Shape = { kind: 'any', text: 'any' };
  const [first = any, second = any] = args;
  switch (name) {
    case 'Array':
    case 'ReadonlyArray':
      return { kind: 'array', element: first };
    case 'Set':
    case 'ReadonlySet':
      return { kind: 'set', element: first };
    case 'Map':
    case 'ReadonlyMap':
      return { kind: 'map', key: first, value: second };
    case 'Record':
      return { kind: 'object', fields: new Map(), rest: second };
    case 'Readonly':
      return first;
    default:
      return { kind: 'named', name };
  }
}

function literal(word: string): string | number | bigint | boolean {
  if (word === 'true' || word === 'false') return word === 'true';
  if (/^\d+n$/.test(word)) return BigInt(word.slice(0, -1));
  if (/^\d/.test(word)) return Number(word);
  if (word.startsWith("'"))
    return literal(`"${word.slice(1, -1).replaceAll('"', '\\"').replaceAll("\\'", "'")}"`);
  try {
    return JSON.parse(word) as string;
  } catch {
    throw new NotUnderstood();
  }
}

function negative(word: string): number | bigint {
  const value = literal(word);
  if (typeof value === 'number' || typeof value === 'bigint') return -value;
  throw new NotUnderstood();
}
