import { basename } from 'node:path';
import { ts } from 'ts-morph';
import { placeOf, type Analysis } from '../analysis/analysis.js';
import { holdingCalls } from '../analysis/resources.js';
import { initializerOf } from '../analysis/functions.js';
import { bare, memberNameOf, walkModule } from '../analysis/syntax.js';
import type { Releases } from '../analysis/releases.js';
import { changesOf } from './changes.js';
import { closureState, type Invocation } from './closure-state.js';
import { findingOn } from './root-finding.js';
import { holderOf, isAlias, isValue, labelOf, nameOf, rootsAt, valueOf, type Root } from './roots.js';
import type { Stateful } from './stateful.js';

/** A name at module level that holds state, or a call there that keeps it. */
export interface ModuleState {
  readonly node: ts.Node;
  readonly kind: Stateful['kind'] | 'variable' | 'closure';
  /** Description of the name, as a sentence without its end. */
  readonly what: string;
}

/**
 * Returns the module-level and static-field state of a plugin, one entry for each cause; `reported` are changes that were already
 * reported.
 */
export function moduleState(
  analysis: Analysis,
  releases: Releases,
  reported: Iterable<ts.Node>,
): ModuleState[] {
  return new Causes(analysis, releases, reported).find();
}

class Causes {
  readonly #analysis: Analysis;
  readonly #releases: Releases;
  readonly #found = new Map<ts.Node, ModuleState>();
  /** Changes that were already reported: an object with several names is reported once. */
  readonly #said: Set<ts.Node>;

  constructor(analysis: Analysis, releases: Releases, reported: Iterable<ts.Node>) {
    this.#analysis = analysis;
    this.#releases = releases;
    this.#said = new Set(reported);
  }

  find(): ModuleState[] {
    const roots: Root[] = [];
    const calls: Invocation[] = [];
    for (const file of this.#analysis.files) {
      const parts = this.#analysis.memory.recall('module level', file, () => moduleLevel(file));
      roots.push(...parts.roots);
      calls.push(...parts.calls);
    }
    const held = holdingCalls(this.#analysis);
    const values = roots.filter((root) => isValue(root) && !isHeld(this.#analysis, root, held));
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
    const found = this.#analysis.memory.recall('module state', root, () =>
      findingOn(this.#analysis, this.#releases, root),
    );
    if (found.kind === 'constant') return;
    if (found.kind === 'reassigned') {
      const { write } = found;
      this.#said.add(write.parent);
      const noun = ts.isPropertyDeclaration(root) ? 'static field' : 'module-level variable';
      this.#add(
        node,
        'variable',
        `${label} is a ${noun} that is given another value at ${this.#place(write)}`,
      );
      return;
    }
    if (found.kind === 'settled') {
      this.#add(
        node,
        'variable',
        `${label} settles a promise once, and is called at ${this.#place(found.call)}`,
      );
      return;
    }
    const { changes, state } = found;
    const change = this.#firstUnsaid(changes);
    if (change) {
      const what = state?.what ?? 'made at module level';
      this.#add(node, 'container', `${label} is ${what} and is changed at ${this.#place(change)}`);
    } else if (state && changes.length === 0) this.#add(node, state.kind, `${label} is ${state.what}`);
  }

  #firstUnsaid(changes: readonly ts.Node[]): ts.Node | undefined {
    const first = changes.find((change) => !this.#said.has(change));
    for (const change of changes) this.#said.add(change);
    return first;
  }

  #call(call: Invocation): void {
    const node = holderOf(call);
    const { memory } = this.#analysis;
    const kept = this.#found.has(node)
      ? undefined
      : memory.recall('closure state', call, () => closureState(this.#analysis, call));
    if (!kept || this.#said.has(kept.change)) return;
    this.#said.add(kept.change);
    const where = `\`${kept.name}\` (${this.#place(kept.declaration)})`;
    this.#add(
      node,
      'closure',
      `${labelOf(node)} keeps ${where} in a closure, which changes it at ${this.#place(kept.change)}`,
    );
  }

  // A JSON module has no code of its own, so the place that changes it is reported.
  #data(): void {
    for (const [declaration] of this.#analysis.references.external()) {
      const { fileName } = declaration.getSourceFile();
      if (!fileName.endsWith('.json')) continue;
      const change = this.#firstUnsaid(changesOf(this.#analysis, declaration).later);
      if (change) this.#add(change, 'container', `this changes what \`${basename(fileName)}\` holds`);
    }
  }
}

/** Returns whether a root, or the value it aliases, is a result of `kept` or `resource`. */
function isHeld(analysis: Analysis, root: Root, held: ReadonlySet<ts.Node>): boolean {
  const value = valueOf(root);
  if (!value) return false;
  if (held.has(bare(value))) return true;
  const [target] = isAlias(root) ? analysis.references.declarationsOf(memberNameOf(bare(value))) : [];
  const origin = target && target !== root ? initializerOf(target) : undefined;
  return origin !== undefined && held.has(bare(origin));
}

/** Returns the names and the calls at the module level of a file. */
function moduleLevel(file: ts.SourceFile): {
  readonly roots: readonly Root[];
  readonly calls: readonly Invocation[];
} {
  const roots: Root[] = [];
  const calls: Invocation[] = [];
  walkModule(file, (node) => {
    roots.push(...rootsAt(node));
    if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isDecorator(node)) calls.push(node);
  });
  return { roots, calls };
}
