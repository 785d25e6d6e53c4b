import { dirname, join, resolve } from 'node:path';
import { ts } from 'ts-morph';
import { nativePath } from '../../core/paths.js';
import { calleeName } from './callee-name.js';

/** A path that code computes from the location of its file. */
export interface NamedPath {
  /** The absolute path. */
  readonly path: string;
  /** False when the rest of the path is only known at run time. */
  readonly isWhole: boolean;
}

/** Reads the expressions of one file that name paths relative to the file: `new URL('./page.html', import.meta.url)`. */
export class PathReader {
  readonly #file: string;
  readonly #variables: ReadonlyMap<string, ts.Expression | undefined>;
  readonly #reading = new Set<string>();

  constructor(source: ts.SourceFile) {
    this.#file = nativePath(source.fileName);
    this.#variables = variablesOf(source);
  }

  /** Returns the path that an expression names, if it is computed from the location of its file. */
  pathOf(node: ts.Expression): NamedPath | undefined {
    if (isWrapping(node)) return this.pathOf(node.expression);
    if (ts.isIdentifier(node)) return this.#ofIdentifier(node.text);
    if (ts.isPropertyAccessExpression(node)) return this.#ofProperty(node);
    if (ts.isCallExpression(node)) return this.#ofCall(node);
    if (ts.isNewExpression(node)) return this.#ofUrl(node);
    if (ts.isTemplateExpression(node)) return this.#ofTemplate(node);
    if (!ts.isBinaryExpression(node)) return undefined;
    const { left, operatorToken, right } = node;
    if (operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
    const path = this.pathOf(left);
    return path && extend(path, this.#textOf(right));
  }

  #ofIdentifier(name: string): NamedPath | undefined {
    if (this.#variables.has(name)) {
      const value = this.#variables.get(name);
      if (!value || this.#reading.has(name)) return undefined;
      this.#reading.add(name);
      const path = this.pathOf(value);
      this.#reading.delete(name);
      return path;
    }
    if (name === '__dirname') return whole(dirname(this.#file));
    return name === '__filename' ? whole(this.#file) : undefined;
  }

  #ofProperty({ expression, name }: ts.PropertyAccessExpression): NamedPath | undefined {
    if (ts.isMetaProperty(expression)) {
      if (name.text === 'dirname') return whole(dirname(this.#file));
      return name.text === 'url' || name.text === 'filename' ? whole(this.#file) : undefined;
    }
    return name.text === 'href' || name.text === 'pathname' ? this.pathOf(expression) : undefined;
  }

  #ofCall(node: ts.CallExpression): NamedPath | undefined {
    const [first, ...rest] = node.arguments;
    const name = calleeName(node);
    if (name === 'toString' && ts.isPropertyAccessExpression(node.expression))
      return this.pathOf(node.expression.expression);
    if (!first) return undefined;
    const specifier = this.#textOf(first);
    if (name === 'resolve' && rest.length === 0 && specifier !== undefined && isRequireLike(node))
      return specifier.startsWith('.') ? whole(resolve(dirname(this.#file), specifier)) : undefined;
    const path = this.pathOf(first);
    if (!path) return undefined;
    if (sameFile.has(name)) return path;
    if (name === 'dirname') return path.isWhole ? whole(dirname(path.path)) : path;
    if (!joining.has(name)) return undefined;
    return rest.reduce((joined, part) => append(joined, this.#textOf(part)), path);
  }

  #ofUrl(node: ts.NewExpression): NamedPath | undefined {
    const [specifier, base] = node.arguments ?? [];
    if (calleeName(node) !== 'URL' || !specifier) return undefined;
    if (!base) return this.pathOf(specifier);
    const from = this.pathOf(base);
    if (!from?.isWhole) return undefined;
    const folder = whole(dirname(from.path));
    const text = this.#textOf(specifier);
    if (text === undefined) {
      const head = ts.isTemplateExpression(specifier) ? specifier.head.text : '';
      return { ...append(folder, head.slice(0, head.lastIndexOf('/') + 1)), isWhole: false };
    }
    return /^(\w[\w+.-]+:|\/)/.test(text) ? undefined : append(folder, decode(text));
  }

  #ofTemplate({ head, templateSpans }: ts.TemplateExpression): NamedPath | undefined {
    const [first, ...rest] = templateSpans;
    const path = head.text === '' && first ? this.pathOf(first.expression) : undefined;
    if (!path || !first) return undefined;
    const { text } = first.literal;
    if (rest.length === 0) return extend(path, text);
    return { ...extend(path, text.slice(0, text.lastIndexOf('/') + 1)), isWhole: false };
  }

  #textOf(node: ts.Expression): string | undefined {
    if (ts.isStringLiteralLike(node)) return node.text;
    if (!ts.isIdentifier(node)) return undefined;
    const value = this.#variables.get(node.text);
    return value && ts.isStringLiteralLike(value) ? value.text : undefined;
  }
}

const sameFile = new Set(['fileURLToPath', 'pathToFileURL', 'String', 'realpathSync', 'normalize']);
const joining = new Set(['join', 'resolve']);

function whole(path: string): NamedPath {
  return { path, isWhole: true };
}

function append(path: NamedPath, part: string | undefined): NamedPath {
  if (part === undefined || !path.isWhole) return { ...path, isWhole: false };
  return whole(join(path.path, part));
}

/** Returns a path with text appended, not necessarily after a slash. */
function extend(path: NamedPath, text: string | undefined): NamedPath {
  if (text === undefined || !path.isWhole) return { ...path, isWhole: false };
  return whole(resolve(path.path + text));
}

/** Recognises `require.resolve`, `import.meta.resolve`, and the result of `createRequire`. */
function isRequireLike({ expression }: ts.CallExpression): boolean {
  if (!ts.isPropertyAccessExpression(expression)) return false;
  const { expression: owner } = expression;
  if (ts.isCallExpression(owner)) return calleeName(owner) === 'createRequire';
  return ts.isMetaProperty(owner) || (ts.isIdentifier(owner) && /require/i.test(owner.text));
}

function isWrapping(
  node: ts.Expression,
): node is ts.ParenthesizedExpression | ts.AsExpression | ts.NonNullExpression | ts.AwaitExpression {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAwaitExpression(node)
  );
}

/** Returns the variables by name, with a value only if they are assigned exactly once. */
function variablesOf(source: ts.SourceFile): Map<string, ts.Expression | undefined> {
  const variables = new Map<string, ts.Expression | undefined>();
  const assigned = new Map<string, ts.Expression | undefined>();
  const add = (to: typeof variables, name: string, value: ts.Expression | undefined): void => {
    to.set(name, to.has(name) ? undefined : value);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name))
      add(variables, node.name.text, node.initializer);
    if (ts.isParameter(node) && ts.isIdentifier(node.name)) variables.set(node.name.text, undefined);
    if (isAssignment(node)) add(assigned, node.left.text, node.right);
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const [name, value] of assigned)
    if (variables.has(name)) variables.set(name, variables.get(name) ? undefined : value);
  return variables;
}

function isAssignment(node: ts.Node): node is ts.BinaryExpression & { readonly left: ts.Identifier } {
  return (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isIdentifier(node.left)
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/[?#].*$/, ''));
  } catch {
    return text;
  }
}
