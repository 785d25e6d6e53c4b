import type {
  FunctionShape,
  LiteralShape,
  ObjectShape,
  ParameterShape,
  Shape,
  ShapeTable,
  SignatureShape,
  TupleShape,
} from './shape.js';

/**
 * Returns a shape as TypeScript. With a `table`, declared types are expanded in place, and named where they recur inside
 * themselves; without one, they are always named.
 */
export function shapeText(shape: Shape, table: ShapeTable = {}): string {
  return new ShapePrinter(table).type(shape);
}

/** Returns a string literal, with the quotes that this package prints everywhere. */
function quoted(text: string): string {
  return `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`;
}

/** Returns a member's name as written in a type; a symbol is in brackets already. */
export function memberName(name: string): string {
  return /^(?:[A-Za-z_$][\w$]*|\[[\w$.]+\])$/.test(name) ? name : quoted(name);
}

class ShapePrinter {
  readonly #table: ShapeTable;
  /** The declared types that are being expanded. */
  readonly #open: string[] = [];

  constructor(table: ShapeTable) {
    this.#table = table;
  }

  type(shape: Shape): string {
    if (typeof shape === 'string') return shape;
    switch (shape.kind) {
      case 'literal':
        return literalText(shape);
      case 'union':
        return this.#union(shape.members);
      case 'intersection':
        return shape.members.map((member) => this.#operand(member)).join(' & ');
      case 'array':
        return `${shape.readonly ? 'readonly ' : ''}${this.#operand(shape.element)}[]`;
      case 'tuple':
        return this.#tuple(shape);
      case 'object':
        return this.#object(shape);
      case 'function':
        return this.#function(shape);
      case 'platform':
        return shape.args
          ? `${shape.name}<${shape.args.map((arg) => this.type(arg)).join(', ')}>`
          : shape.name;
      case 'ref':
        return this.#declared(shape.name);
      case 'parameter':
        return shape.name;
      case 'opaque':
        return shape.text;
      default:
        return shape satisfies never;
    }
  }

  #declared(name: string): string {
    if (!Object.hasOwn(this.#table, name) || this.#open.includes(name)) return name;
    this.#open.push(name);
    const text = this.type(this.#table[name]!);
    this.#open.pop();
    return text;
  }

  /** Sorts by the printed text, with `null` and `undefined` last. */
  #union(members: readonly Shape[]): string {
    const texts = members.map((member) => ({
      text: this.type(member),
      isFunction: this.#isFunction(member),
    }));
    const isNothing = ({ text }: { text: string }): boolean => nothing.includes(text);
    const sorted = texts
      .filter((one) => !isNothing(one))
      .sort((left, right) => (left.text < right.text ? -1 : 1))
      .map(({ text, isFunction }) => (isFunction ? `(${text})` : text));
    const last = nothing.filter((one) => texts.some(({ text }) => text === one));
    return [...new Set([...sorted, ...last])].join(' | ');
  }

  #operand(shape: Shape): string {
    const text = this.type(shape);
    const isPlain = nothingToSeparate.test(text) || !this.#hasOperator(shape);
    return isPlain ? text : `(${text})`;
  }

  /** Returns true when the printed text of a shape has an operator outside all brackets. */
  #hasOperator(shape: Shape): boolean {
    if (typeof shape === 'string') return false;
    if (shape.kind === 'ref') {
      const isWrittenOut = Object.hasOwn(this.#table, shape.name) && !this.#open.includes(shape.name);
      return isWrittenOut && this.#hasOperator(this.#table[shape.name]!);
    }
    if (shape.kind === 'array' || shape.kind === 'tuple') return shape.readonly === true;
    return ['union', 'intersection', 'function', 'opaque'].includes(shape.kind);
  }

  #isFunction(shape: Shape): boolean {
    if (typeof shape === 'string') return false;
    if (shape.kind === 'ref') {
      return Object.hasOwn(this.#table, shape.name) && this.#isFunction(this.#table[shape.name]!);
    }
    return shape.kind === 'function' && shape.calls.length === 1;
  }

  #tuple({ elements, readonly }: TupleShape): string {
    const texts = elements.map(({ shape, optional, rest }) => {
      if (rest) return `...${this.#operand(shape)}[]`;
      return optional ? `${this.#operand(shape)}?` : this.type(shape);
    });
    return `${readonly ? 'readonly ' : ''}[${texts.join(', ')}]`;
  }

  #object({ fields, indexes = [] }: ObjectShape): string {
    const members = [
      ...indexes.map(({ key, value }) => `[key: ${this.type(key)}]: ${this.type(value)}`),
      ...fields.flatMap(({ name, shape, optional, hidden }) =>
        hidden ? [] : [`${memberName(name)}${optional ? '?' : ''}: ${this.type(shape)}`],
      ),
    ];
    return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`;
  }

  #function({ calls }: FunctionShape): string {
    const [only, ...overloads] = calls;
    if (only && overloads.length === 0) return this.#signature(only, ' => ');
    return `{ ${calls.map((call) => this.#signature(call, ': ')).join('; ')} }`;
  }

  #signature({ generics = [], parameters, result, claim }: SignatureShape, arrow: string): string {
    const variables = generics.map(
      ({ name, extends: bound, default: standard }) =>
        `${name}${bound ? ` extends ${this.type(bound)}` : ''}${standard ? ` = ${this.type(standard)}` : ''}`,
    );
    const head = variables.length > 0 ? `<${variables.join(', ')}>` : '';
    return `${head}(${parameters.map((one) => this.#parameter(one)).join(', ')})${arrow}${claim?.text ?? this.type(result)}`;
  }

  #parameter({ name, shape, optional, rest }: ParameterShape): string {
    return `${rest ? '...' : ''}${name}${optional ? '?' : ''}: ${this.type(shape)}`;
  }
}

const nothing = ['null', 'undefined', 'void'];
const nothingToSeparate = /^[\w.$]+$/;

function literalText({ value, bigint }: LiteralShape): string {
  if (bigint) return `${value}n`;
  return typeof value === 'string' ? quoted(value) : String(value);
}
