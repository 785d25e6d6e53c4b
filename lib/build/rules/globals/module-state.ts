import { basename } from 'node:path';
import { ts } from 'ts-morph';
import { placeOf, type Analysis } from '../analysis/analysis.js';
import { walkModule } from '../analysis/syntax.js';
import { isPrimitive } from '../analysis/types.js';
import { changesOf, reassignmentOf } from './changes.js';
import { closureState, type Invocation } from './closure-state.js';
import {
  holderOf,
  isAlias,
  isValue,
  isVariable,
  labelOf,
  nameOf,
  rootsAt,
  valueOf,
  type Root,
} from './roots.js';
import { statefulValue } from './stateful-value.js';
import type { Stateful } from './stateful.js';

/** One name at module level that holds state, or the call there that keeps it. */
export interface ModuleState {
  readonly node: ts.Node;
  readonly kind: Stateful['kind'] | 'variable' | 'closure';
  /** What the name is, as a sentence without its end. */
  readonly what: string;
}

/** The module-level and static-field state of a plugin, one entry for each cause; `reported` are changes said already. */
export function moduleState(analysis: Analysis, reported: Iterable<ts.Node>): ModuleState[] {
  return new Causes(analysis, reported).find();
}

class Causes {
  readonly #analysis: Analysis;
  readonly #found = new Map<ts.Node, ModuleState>();
  /** The changes that are said already: what they change has several names, and one is enough. */
  readonly #said: Set<ts.Node>;

  constructor(analysis: Analysis, reported: Iterable<ts.Node>) {
    this.#analysis = analysis;
    this.#said = new Set(reported);
  }

  find(): ModuleState[] {
    const roots: Root[] = [];
    const calls: Invocation[] = [];
    for (const file of this.#analysis.files) {
      walkModule(file, (node) => {
        roots.push(...rootsAt(node));
        if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isDecorator(node)) calls.push(node);
      });
    }
    const values = roots.filter(isValue);
    for (const root of values.filter((value) => !isAlias(value))) this.#root(root);
    for (const root of values.filter(isAlias)) this.#root(root);
    for (const root of roots.filter((root) => !isValue(root))) this.#root(root);
    for (const call of calls) this.#call(call);
    this.#data();
    return [...this.#found.values()];
  }

  #add(node: ts.Node, kind: ModuleState['kind'], what: string): void {
    this.#found.set(node, { node, kind, what });
  }

  #place(node: ts.Node): string {
    return placeOf(this.#analysis, node);
  }

  #root(root: Root): void {
    const node = nameOf(root);
    const label = labelOf(node);
    const write = isVariable(root) ? reassignmentOf(this.#analysis, root) : undefined;
    if (write) {
      this.#said.add(write.parent);
      const noun = ts.isPropertyDeclaration(root) ? 'static field' : 'module-level variable';
      this.#add(
        node,
        'variable',
        `${label} is a ${noun} that is given another value at ${this.#place(write)}`,
      );
      return;
    }
    const type = this.#analysis.checker.getTypeAtLocation(
      ts.isExportAssignment(root) ? root.expression : root,
    );
    if (isValue(root) && isPrimitive(type)) return;
    const { later, isFilled } = changesOf(this.#analysis, root);
    const change = this.#firstUnsaid(later);
    const value = valueOf(root);
    const state = value && statefulValue(this.#analysis, value, { type, isFilled, isNested: false });
    if (change) {
      const what = state?.what ?? 'made at module level';
      this.#add(node, 'container', `${label} is ${what} and is changed at ${this.#place(change)}`);
    } else if (state && later.length === 0) this.#add(node, state.kind, `${label} is ${state.what}`);
  }

  #firstUnsaid(changes: readonly ts.Node[]): ts.Node | undefined {
    const first = changes.find((change) => !this.#said.has(change));
    for (const change of changes) this.#said.add(change);
    return first;
  }

  #call(call: Invocation): void {
    const node = holderOf(call);
    const kept = this.#found.has(node) ? undefined : closureState(this.#analysis, call);
    if (!kept || this.#said.has(kept.change)) return;
    this.#said.add(kept.change);
    const where = `\`${kept.name}\` (${this.#place(kept.declaration)})`;
    this.#add(
      node,
      'closure',
      `${labelOf(node)} keeps ${where} in a closure, which changes it at ${this.#place(kept.change)}`,
    );
  }

  // A JSON file is a module that says nothing of itself: what changes it is the place.
  #data(): void {
    for (const [declaration] of this.#analysis.references.external()) {
      const { fileName } = declaration.getSourceFile();
      if (!fileName.endsWith('.json')) continue;
      const change = this.#firstUnsaid(changesOf(this.#analysis, declaration).later);
      if (change) this.#add(change, 'container', `this changes what \`${basename(fileName)}\` holds`);
    }
  }
}
