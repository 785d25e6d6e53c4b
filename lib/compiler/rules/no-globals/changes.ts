import { ts } from 'ts-morph';
import type { Analysis } from '../analysis/analysis.js';
import { follow, followDeclared, followWithin, type Sight } from '../analysis/data-flow.js';
import { functionOfField, initializerOf } from '../analysis/functions.js';
import { happensLater } from '../analysis/escape.js';
import { keptMutatorAt, mutationAt } from '../analysis/mutation.js';
import { bare, isFunctionNode, isStatic, walk, type LaterCode } from '../analysis/syntax.js';
import { ownClassesOf } from './instance-state.js';

/** Changes of the value that a declaration names. */
export interface Changes {
  /** Nodes where a call changes the value or something inside it, after its module was evaluated, and outside hooks. */
  readonly later: readonly ts.Node[];
  /** True when the value is filled while its module, or `scope`, is evaluated. */
  readonly isFilled: boolean;
}

/** Returns every change of a declared value, wherever it goes; `scope` is the code that creates it, by default the module. */
export function changesOf(analysis: Analysis, declaration: ts.Node, scope?: LaterCode): Changes {
  const later = new Set<ts.Node>();
  let isFilled = false;
  const see = ({ node, scope: inner }: Sight): void => {
    const kept = keptMutatorAt(analysis, node);
    if (kept) later.add(kept);
    const mutation = mutationAt(analysis, node);
    if (!mutation) return;
    if (happensLater(analysis, mutation, inner ?? scope)) later.add(mutation);
    else isFilled = true;
  };
  followDeclared(analysis, declaration, 'deep', see);
  const instance = ts.isBindingElement(declaration) ? instanceBehind(declaration) : undefined;
  if (instance) follow(analysis, [instance], 'deep', see);
  const made = instance ?? (ts.isClassDeclaration(declaration) ? declaration : initializerOf(declaration));
  if (made) {
    const { memory } = analysis;
    const own = memory.recall('own this', made, () => ownThis(analysis, made));
    follow(analysis, own, 'deep', see);
    for (const code of memory.recall('constructing', made, () => constructingCodeIn(analysis, made))) {
      followWithin(analysis, analysis.references.thisOf(code), code, see);
    }
  }
  return { later: [...later], isFilled };
}

// `const { next } = new Counter()`: only what is taken from the instance has a name.
function instanceBehind({ parent: pattern }: ts.BindingElement): ts.NewExpression | undefined {
  const holder = pattern.parent;
  const value = ts.isVariableDeclaration(holder) && holder.initializer ? bare(holder.initializer) : undefined;
  return value && ts.isNewExpression(value) ? value : undefined;
}

// `this` in the methods of an object literal is the object, in the static members of a class the class.
function ownThis(analysis: Analysis, made: ts.Node): ts.Expression[] {
  const found: ts.Expression[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isClassLike(node)) {
      for (const member of node.members)
        if (isOfClass(member)) found.push(...analysis.references.thisOf(member));
    } else if (ts.isObjectLiteralExpression(node)) {
      for (const member of node.properties) {
        const method = ts.isPropertyAssignment(member) ? member.initializer : member;
        if (isFunctionNode(method)) found.push(...analysis.references.thisOf(method));
      }
    }
  };
  collect(made);
  // What a function makes is made by each call of it.
  if (!ts.isClassLike(made) && !isFunctionNode(made))
    walk(made, (node) => (isFunctionNode(node) ? false : collect(node)));
  return found;
}

function isOfClass(member: ts.ClassElement): boolean {
  return isStatic(member) || ts.isClassStaticBlockDeclaration(member);
}

/**
 * Returns the constructors and field initialisers that run when `made` is evaluated, because callbacks that they register or keep,
 * as in `next = counted(() => ++this.#count)`, may change the instance later.
 */
function constructingCodeIn(analysis: Analysis, made: ts.Node): LaterCode[] {
  const found: LaterCode[] = [];
  const collect = (node: ts.Node): boolean => {
    if (ts.isNewExpression(node)) {
      const classes = ownClassesOf(analysis, analysis.checker.getTypeAtLocation(node));
      found.push(...classes.flatMap(({ members }) => members.filter(isConstructing)));
    }
    return !isFunctionNode(node) && !ts.isClassLike(node);
  };
  if (collect(made)) walk(made, collect);
  return found;
}

// A function that a field holds is a method: it changes what it is called on.
function isConstructing(
  member: ts.ClassElement,
): member is ts.ConstructorDeclaration | ts.PropertyDeclaration {
  if (ts.isPropertyDeclaration(member)) return !isStatic(member) && !functionOfField(member);
  return ts.isConstructorDeclaration(member);
}
