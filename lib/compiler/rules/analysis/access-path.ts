import type { ts } from 'ts-morph';
import type { LaterCode } from './syntax.js';

/** `deep` follows the parts inside the value as well; `itself` follows only the value. */
export type Depth = 'deep' | 'itself';

/** One step from a holder to the value: the property of that name, or any property except a few. */
export type Step = string | { readonly except: ReadonlySet<string> };

/** Any property or element. */
export const anyStep: Step = { except: new Set() };

/** Path from an expression to the followed value: the expression is the value, or holds it at that path. */
export class AccessPath {
  readonly #depth: Depth;
  readonly #steps: readonly Step[];
  /** The function whose call at module level the value was passed to; inside it, code runs when that call does. */
  readonly scope: LaterCode | undefined;

  constructor(depth: Depth, steps: readonly Step[] = [], scope?: LaterCode) {
    this.#depth = depth;
    this.#steps = steps;
    this.scope = scope;
  }

  /** True when this leads to the value itself, not to something inside it. */
  get isValue(): boolean {
    return this.#steps.length === 0;
  }

  /** True when parts of the value are followed as well. */
  get goesDeeper(): boolean {
    return this.#depth === 'deep' || this.#steps.length > 0;
  }

  get key(): string {
    const steps = this.#steps.map((step) =>
      typeof step === 'string' ? step : `*${[...step.except].join()}`,
    );
    return `${steps.join('.')}@${this.scope ? `${this.scope.pos}${this.scope.getSourceFile().fileName}` : ''}`;
  }

  /** True when the path is longer than any that a person would write. */
  get isTooLong(): boolean {
    return this.#steps.length > 4;
  }

  in(scope: LaterCode | undefined): AccessPath {
    return new AccessPath(this.#depth, this.#steps, scope);
  }

  /** Returns the path from something that holds this under `step`. */
  under(step: Step): AccessPath {
    return new AccessPath(this.#depth, [step, ...this.#steps], this.scope);
  }

  /**
   * Returns the path from the property `name` of this, or from any property if the name is unknown; `undefined` if the path leads
   * elsewhere.
   */
  read(name: string | undefined): AccessPath | undefined {
    const [first, ...rest] = this.#steps;
    if (first === undefined) return this.#depth === 'deep' ? this : undefined;
    return name === undefined || isStepOf(first, name)
      ? new AccessPath(this.#depth, rest, this.scope)
      : undefined;
  }

  /** Returns the path from a shallow copy without the properties `except`, which holds the same values as the original. */
  copied(except: ReadonlySet<string> = new Set()): AccessPath | undefined {
    const [first, ...rest] = this.#steps;
    if (first === undefined) return this.#depth === 'deep' ? this.under({ except }) : this;
    if (typeof first === 'string') return except.has(first) ? undefined : this;
    const both = { except: new Set([...first.except, ...except]) };
    return new AccessPath(this.#depth, [both, ...rest], this.scope);
  }
}

function isStepOf(step: Step, name: string): boolean {
  return typeof step === 'string' ? step === name : !step.except.has(name);
}

/** Follows a value further. */
export interface Follower {
  /** `expression` is the value, or holds it. */
  reach(expression: ts.Expression, path: AccessPath): void;
  /** Notes that the names in `target`, part of `declaration`, stand for the value or its holders. */
  bind(target: ts.BindingName, declaration: ts.Node, path: AccessPath): void;
  /** Notes that `container` now holds the value. */
  keep(container: ts.Expression, path: AccessPath): void;
}
