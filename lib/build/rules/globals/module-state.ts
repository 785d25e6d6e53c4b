import { ts } from 'ts-morph';
import { placeOf, type Analysis } from '../analysis/analysis.js';
import { isPrimitive } from '../analysis/flow.js';
import { bindingsOf } from '../analysis/uses.js';
import { bare, isAmbient, isStatic, walkModule } from '../analysis/syntax.js';
import { changesOf, reassignmentOf } from './changes.js';
import { closureState } from './closure-state.js';
import type { Stateful } from './stateful.js';
import { statefulValue } from './stateful-value.js';

/** One name at module level that holds state, or the call there that keeps it. */
export interface ModuleState {
  readonly node: ts.Node;
  readonly kind: Stateful['kind'] | 'variable' | 'closure';
  /** What the name is, as a sentence without its end. */
  readonly what: string;
}

type Root =
  | ts.VariableDeclaration
  | ts.BindingElement
  | ts.PropertyDeclaration
  | ts.ExportAssignment
  | ts.FunctionDeclaration
  | ts.ClassDeclaration;

/** The module-level and static-field state of a plugin, one entry for each cause; `reported` are changes said already. */
export function moduleState(analysis: Analysis, reported: Iterable<ts.Node>): ModuleState[] {
  const found = new Map<ts.Node, ModuleState>();
  const known = new Set(reported);
  for (const file of analysis.files) {
    const roots: Root[] = [];
    const calls: (ts.CallExpression | ts.NewExpression | ts.Decorator)[] = [];
    walkModule(file, (node) => {
      roots.push(...rootsAt(node));
      if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isDecorator(node)) calls.push(node);
    });
    // What a static field says need not be said of its class.
    for (const root of [...roots.filter(isValue), ...roots.filter((root) => !isValue(root))]) {
      const state = stateOfRoot(analysis, root, known);
      if (state) found.set(state.node, state);
    }
    for (const call of calls) {
      const kept = closureState(analysis, call);
      const node = holderOf(call);
      if (kept && !found.has(node) && !known.has(kept.change)) {
        known.add(kept.change);
        const what = `${labelOf(node)} keeps \`${kept.name}\` (${placeOf(analysis, kept.declaration)}) in a closure, which changes it at ${placeOf(analysis, kept.change)}`;
        found.set(node, { node, kind: 'closure', what });
      }
    }
  }
  return [...found.values()];
}

function rootsAt(node: ts.Node): Root[] {
  return isDeclared(node) && !isAmbient(node) ? namesAt(node) : [];
}

function isDeclared(node: ts.Node): boolean {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isExportAssignment(node)
  );
}

function namesAt(node: ts.Node): Root[] {
  if (ts.isVariableDeclaration(node)) return ts.isIdentifier(node.name) ? [node] : bindingsOf(node.name);
  if (ts.isPropertyDeclaration(node)) return isStatic(node) ? [node] : [];
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isExportAssignment(node))
    return [node];
  return [];
}

function stateOfRoot(analysis: Analysis, root: Root, known: Set<ts.Node>): ModuleState | undefined {
  const node = nameNode(root);
  const label = labelOf(node);
  const write = isVariable(root) ? reassignmentOf(analysis, root) : undefined;
  if (write) {
    known.add(write.parent);
    const noun = ts.isPropertyDeclaration(root) ? 'static field' : 'module-level variable';
    return {
      node,
      kind: 'variable',
      what: `${label} is a ${noun} that is given another value at ${placeOf(analysis, write)}`,
    };
  }
  const type = analysis.checker.getTypeAtLocation(ts.isExportAssignment(root) ? root.expression : root);
  if (isPrimitive(type)) return undefined;
  const changes = changesOf(analysis, root);
  const change = changes.later.find((place) => !known.has(place));
  for (const place of changes.later) known.add(place);
  const initializer = initializerOfRoot(root);
  const state =
    initializer &&
    statefulValue(analysis, initializer, { type, isFilled: changes.isFilled, isNested: false });
  if (change) {
    return {
      node,
      kind: 'container',
      what: `${label} is ${state?.what ?? 'made at module level'} and is changed at ${placeOf(analysis, change)}`,
    };
  }
  return state && changes.later.length === 0
    ? { node, kind: state.kind, what: `${label} is ${state.what}` }
    : undefined;
}

function isValue(root: Root): boolean {
  return !ts.isFunctionDeclaration(root) && !ts.isClassDeclaration(root);
}

function isVariable(root: Root): boolean {
  return ts.isVariableDeclaration(root) || ts.isBindingElement(root) || ts.isPropertyDeclaration(root);
}

function initializerOfRoot(root: Root): ts.Expression | undefined {
  if (ts.isExportAssignment(root)) return root.expression;
  if (ts.isVariableDeclaration(root) || ts.isPropertyDeclaration(root)) return root.initializer;
  return ts.isBindingElement(root) ? boundValue(root) : undefined;
}

// `const [seen, queue] = [new Set(), []]`
function boundValue(element: ts.BindingElement): ts.Expression | undefined {
  const pattern = element.parent;
  const holder = pattern.parent;
  const value = ts.isVariableDeclaration(holder) && holder.initializer ? bare(holder.initializer) : undefined;
  if (!value || element.dotDotDotToken) return undefined;
  if (ts.isArrayBindingPattern(pattern)) {
    return ts.isArrayLiteralExpression(value) ? value.elements[pattern.elements.indexOf(element)] : undefined;
  }
  const name = (element.propertyName ?? element.name).getText();
  const member = ts.isObjectLiteralExpression(value)
    ? value.properties.find((property) => property.name?.getText() === name)
    : undefined;
  return member && ts.isPropertyAssignment(member) ? member.initializer : undefined;
}

function nameNode(root: Root): ts.Node {
  return ts.isExportAssignment(root) ? root.expression : (root.name ?? root);
}

/** The name that holds what a call gives, or the call itself. */
function holderOf(call: ts.Node): ts.Node {
  for (let node = call; node; node = node.parent) {
    if (ts.isVariableDeclaration(node)) return node.name;
    if (ts.isPropertyDeclaration(node) && isStatic(node)) return node.name;
    if (ts.isStatement(node) || ts.isDecorator(node) || ts.isClassLike(node)) break;
  }
  return call;
}

function labelOf(node: ts.Node): string {
  if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return 'this';
  const { parent } = node;
  const owner = ts.isPropertyDeclaration(parent) ? parent.parent.name?.text : undefined;
  return owner === undefined ? `\`${node.text}\`` : `\`${owner}.${node.text}\``;
}
