import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import { isWithin } from '../../core/paths.js';
import { statsOf } from '../../core/stats-of.js';
import { calleeName } from './callee-name.js';
import { PathReader, type NamedPath } from './path-reader.js';
import { isOpenRequire, requiredAside, type RequiredAside } from './require-calls.js';

/** Files and folders that a module names, relative to its own folder. */
export interface NamedFiles {
  /** Absolute paths of existing files and folders that it names. */
  readonly paths: readonly string[];
  /** For each of `paths`, the names of the functions that receive it. */
  readonly uses: ReadonlyMap<string, ReadonlySet<string>>;
  /** Absolute paths of modules that it names by file, to run them in a thread, in a process, or later. */
  readonly scripts: readonly string[];
  /** Uses of paths that are only known at run time. */
  readonly unclear: readonly UnclearPath[];
  /** Offsets of the name in calls of `require` whose name is only known at run time. */
  readonly requires: readonly number[];
  /** The arguments of these calls. */
  readonly openNames: readonly ts.Node[];
  /** Calls of a `require` that it has created itself, which esbuild does not see. */
  readonly asides: readonly RequiredAside[];
}

/** A use of a path that cannot be followed. */
export interface UnclearPath {
  readonly node: ts.Node;
  /** The absolute path, as far as it is known. */
  readonly path: string;
  /** Function that uses it, such as `readdir`; empty when the path is passed on. */
  readonly use: string;
  /** True when the end of the path is only known at run time. */
  readonly isOpen: boolean;
  /** The named path, if no such file exists. */
  readonly missing?: string;
}

/** Finds the files that a module names beside itself. */
export function namedFiles(file: string, text: string): NamedFiles {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, scriptKindOf(file));
  const reader = new PathReader(source);
  const paths = new Set<string>();
  const uses = new Map<string, Set<string>>();
  const scripts = new Set<string>();
  const unclear: UnclearPath[] = [];
  const requires: number[] = [];
  const openNames: ts.Node[] = [];
  const asides: RequiredAside[] = [];
  const note = (node: ts.Expression, path: NamedPath): void => {
    const use = useOf(node);
    if (use === 'nothing') return;
    const found = lookFor(path, file);
    if (found.state === 'there') {
      const isRun = path.isWhole && isCodeFile(found.path) && !/^(read|createReadStream|sendFile)/.test(use);
      uses.set(found.path, (uses.get(found.path) ?? new Set()).add(use));
      return void (isRun ? scripts : paths).add(found.path);
    }
    const missing = found.state === 'missing' && { missing: path.path };
    unclear.push({ node, path: path.path, use, isOpen: !path.isWhole, ...missing });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const aside = requiredAside(node, source);
      if (aside) asides.push(aside);
      if (isOpenRequire(node)) {
        requires.push(node.expression.getStart(source));
        openNames.push(...node.arguments);
      }
    }
    const path = ts.isExpression(node) ? reader.pathOf(node) : undefined;
    if (!path || isName(node)) return ts.forEachChild(node, visit);
    if (!isKeptInVariable(node)) note(node as ts.Expression, path);
    return undefined;
  };
  visit(source);
  for (const path of unclear.length > 0 ? literalsBeside(source) : []) paths.add(path);
  return {
    paths: [...paths].sort(),
    uses,
    scripts: [...scripts].sort(),
    unclear,
    requires,
    openNames,
    asides,
  };
}

/** Returns the file that a path stands for: `worker.js` may be compiled from `worker.ts`. */
export function sourceOf(path: string): string | undefined {
  const written = path.replace(/\.([cm]?)js$/, '.$1ts');
  return [path, written].find((one) => statsOf(one));
}

export function isCodeFile(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

type Look = { readonly state: 'there' | 'missing' | 'unclear'; readonly path: string };

/** Looks for a named path. A folder that contains the file itself is not meant to be taken along. */
function lookFor({ path, isWhole }: NamedPath, file: string): Look {
  if (isWithin(file, path)) return { state: 'unclear', path };
  const stats = statsOf(path);
  if (isWhole) return { state: sourceOf(path) === undefined ? 'missing' : 'there', path };
  const folder = stats?.isDirectory() ? path : dirname(path);
  return {
    state: isWithin(file, folder) || !statsOf(folder) ? 'unclear' : 'there',
    path: folder,
  };
}

/** Recognises data beside a module that loads it in its own way, as WebAssembly compilers generate it. */
function literalsBeside(source: ts.SourceFile): string[] {
  const folder = dirname(source.fileName);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && isDataName(node.text)) {
      const path = join(folder, node.text);
      if (statsOf(path)?.isFile()) found.push(path);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Returns whether a text may name data. Code does not count, because imports find it. */
function isDataName(text: string): boolean {
  return /^[\w@.][\w@./-]{0,100}\.\w{1,12}$/.test(text) && !isCodeFile(text) && !text.endsWith('.node');
}

/** Returns the function that receives the expression; `nothing` where the path makes no difference. */
function useOf(node: ts.Expression): string {
  const { parent } = node;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
    const name = calleeName(parent);
    return harmless.has(name) || parent.expression === node ? 'nothing' : name;
  }
  if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent)) {
    const call = ts.findAncestor(parent, (one) => ts.isCallExpression(one) || ts.isNewExpression(one));
    const name = call && (ts.isCallExpression(call) || ts.isNewExpression(call)) ? calleeName(call) : '';
    return harmless.has(name) ? 'nothing' : name;
  }
  if (ts.isBinaryExpression(parent)) {
    if (parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) return '';
    return isAlternative(parent.operatorToken.kind) ? useOf(parent) : 'nothing';
  }
  if (ts.isConditionalExpression(parent) && parent.condition !== node) return useOf(parent);
  const isLooked =
    ts.isTypeOfExpression(parent) ||
    ts.isPropertyAccessExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isIfStatement(parent) ||
    ts.isPrefixUnaryExpression(parent);
  return isLooked ? 'nothing' : '';
}

function isAlternative(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.BarBarToken || operator === ts.SyntaxKind.QuestionQuestionToken;
}

const harmless = new Set([
  'createRequire',
  'basename',
  'extname',
  'relative',
  'parse',
  'debug',
  'log',
  'info',
  'warn',
  'error',
  'child',
  'setWorker',
  'isMainModule',
]);

function isKeptInVariable({ parent }: ts.Node): boolean {
  return ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name);
}

/** Returns whether a node only names something and does not use it. */
function isName(node: ts.Node): boolean {
  if (!ts.isIdentifier(node)) return false;
  const { parent } = node;
  return (
    ('name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent)) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isLabeledStatement(parent)
  );
}

function scriptKindOf(file: string): ts.ScriptKind {
  if (/\.[cm]?tsx?$/.test(file)) return file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.ScriptKind.JSX;
}
