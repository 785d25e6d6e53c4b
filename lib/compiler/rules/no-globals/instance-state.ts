import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { isOfPlatform } from '../analysis/origin.js';
import { bare, enclosingFunction, hasModifier, isFunctionNode } from '../analysis/syntax.js';
import { platformBases } from '../analysis/types.js';
import { changesOf, writesOf } from './changes.js';
import type { Stateful } from './stateful.js';

/** What is known of an instance besides its class. */
export interface InstanceFacts {
  readonly isFrozen: boolean;
  /** Why the value a field starts with is state. */
  contentState(initializer: ts.Expression, type: ts.Type, isFilled: boolean): Stateful | undefined;
}

/** Why an instance made by `node` is state: a field that can be written, or that holds something that changes. */
export function instanceState(
  analysis: Analysis,
  node: ts.NewExpression,
  facts: InstanceFacts,
): Stateful | undefined {
  const type = analysis.checker.getTypeAtLocation(node);
  const name = type.symbol?.name ?? 'class';
  const listener = platformBases(analysis, type).find((base) => listeners.has(base));
  if (listener !== undefined) {
    return instance(
      listener === name
        ? `an instance of ${name}, which keeps its listeners and contents`
        : `an instance of ${name}, which is made from ${listener}`,
    );
  }
  for (const field of type.getProperties()) {
    const why = fieldState(analysis, field, facts);
    if (why !== undefined)
      return instance(`an instance of ${name}, whose field \`${fieldName(field)}\` ${why}`);
  }
  return undefined;
}

function instance(what: string): Stateful {
  return { kind: 'instance', what };
}

function fieldName(field: ts.Symbol): string {
  return field.valueDeclaration
    ? (ts.getNameOfDeclaration(field.valueDeclaration)?.getText() ?? field.name)
    : field.name;
}

// What emits, streams or collects changes through its own methods.
const listeners = new Set([
  'EventEmitter',
  'EventTarget',
  'Map',
  'Set',
  'Array',
  'WeakMap',
  'WeakSet',
  'RegExp',
]);

function fieldState(analysis: Analysis, field: ts.Symbol, facts: InstanceFacts): string | undefined {
  const declaration = field.valueDeclaration;
  if (!declaration || !isField(declaration)) return undefined;
  if (!analysis.references.isOwn(declaration))
    return isForeignWritable(analysis, declaration) ? 'is writable' : undefined;
  const writable = isWritable(analysis, declaration, facts.isFrozen);
  return writable ? 'is writable' : contentState(analysis, declaration, facts);
}

function isField(
  declaration: ts.Declaration,
): declaration is ts.PropertyDeclaration | ts.ParameterDeclaration {
  return ts.isPropertyDeclaration(declaration) || ts.isParameter(declaration);
}

function isForeignWritable(analysis: Analysis, declaration: ts.Declaration): boolean {
  return !isOfPlatform(analysis, declaration) && !hasModifier(declaration, ts.SyntaxKind.ReadonlyKeyword);
}

function isWritable(
  analysis: Analysis,
  declaration: ts.PropertyDeclaration | ts.ParameterDeclaration,
  isFrozen: boolean,
): boolean {
  const { initializer } = declaration;
  const isMethodLike = initializer !== undefined && isFunctionNode(bare(initializer));
  const isPublic =
    !hasModifier(declaration, ts.SyntaxKind.PrivateKeyword) && !ts.isPrivateIdentifier(declaration.name);
  if (hasModifier(declaration, ts.SyntaxKind.ReadonlyKeyword)) return false;
  if (isFrozen && !ts.isPrivateIdentifier(declaration.name)) return false;
  if (isPublic && !isMethodLike) return true;
  return writesOf(analysis, declaration).some((write) => !isInConstructor(write, declaration));
}

function isInConstructor(node: ts.Node, declaration: ts.Declaration): boolean {
  const fn = enclosingFunction(node);
  const owner = ts.isParameter(declaration) ? declaration.parent.parent : declaration.parent;
  return (
    fn !== undefined &&
    fn.parent === owner &&
    (ts.isConstructorDeclaration(fn) || ts.isPropertyDeclaration(fn))
  );
}

function contentState(
  analysis: Analysis,
  declaration: ts.PropertyDeclaration | ts.ParameterDeclaration,
  facts: InstanceFacts,
): string | undefined {
  const changes = changesOf(analysis, declaration);
  if (changes.later.some((change) => !isInConstructor(change, declaration)))
    return 'holds what its methods change';
  const { initializer } = declaration;
  if (!initializer) return undefined;
  const isFilled = changes.later.length > 0 || changes.isFilled;
  const found = facts.contentState(initializer, analysis.checker.getTypeAtLocation(declaration), isFilled);
  return found && `is ${found.what}`;
}
