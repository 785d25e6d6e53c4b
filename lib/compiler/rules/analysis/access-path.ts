import type { ts } from 'ts-morph';
import type { LaterCode } from './syntax.js';

/** What is inside the followed value is followed too (`deep`), or only the value itself. */
export type Depth = 'deep' | 'itself';

/** How an expression leads to the followed value: it is the value, or holds it at some path. */
export class AccessPath {
  readonly #depth: Depth;
  /** Property names that lead to the value; `*` is any. */
  readonly #path: readonly string[];
  /** The function whose call at module level the value was passed to; inside it, code runs when that call does. */
  readonly scope: LaterCode | undefined;

  constructor(depth: Depth, path: readonly string[] = [], scope?: LaterCode) {
    this.#depth = depth;
    this.#path = path;
    this.scope = scope;
  }

  /** Whether this leads to the value at once, or to something inside it. */
  get isValue(): boolean {
    return this.#path.length === 0;
  }

  /** Whether what can be read from here is followed as well. */
  get goesDeeper(): boolean {
    return this.#depth === 'deep' || this.#path.length > 0;
  }

  get key(): string {
    return `${this.#path.join('.')}@${this.scope ? `${this.scope.pos}${this.scope.getSourceFile().fileName}` : ''}`;
  }

  /** Whether nothing that a person would write is held so deep. */
  get isTooLong(): boolean {
    return this.#path.length > 4;
  }

  in(scope: LaterCode | undefined): AccessPath {
    return new AccessPath(this.#depth, this.#path, scope);
  }

  /** From something that holds this under `name`. */
  under(name: string): AccessPath {
    return new AccessPath(this.#depth, [name, ...this.#path], this.scope);
  }

  /** From what `name` of this is, any when it is not known; `undefined` when that leads away from the value. */
  read(name: string | undefined): AccessPath | undefined {
    const [first, ...rest] = this.#path;
    if (first === undefined) return this.#depth === 'deep' ? this : undefined;
    const isRead = first === '*' || name === undefined || first === name;
    return isRead ? new AccessPath(this.#depth, rest, this.scope) : undefined;
  }

  /** From a shallow copy: it holds the same things as the original. */
  copied(): AccessPath {
    return this.isValue && this.#depth === 'deep' ? this.under('*') : this;
  }
}

/** Goes on with what a value leads to. */
export interface Follower {
  /** `expression` is the value, or holds it. */
  reach(expression: ts.Expression, path: AccessPath): void;
  /** What `target` declares, which stands in `declaration`, is the value, or holds it. */
  bind(target: ts.BindingName, declaration: ts.Node, path: AccessPath): void;
  /** What `container` names now holds what this leads from. */
  keep(container: ts.Expression, path: AccessPath): void;
}
