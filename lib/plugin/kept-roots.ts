import type { KeptConstructor } from '../kept/kept-constructor.js';

/** One kept state, as its module made it. */
export interface KeptRoot {
  readonly root: object;
  /** The fields that `create` made. */
  readonly made: readonly string[];
  readonly upcast: ((state: never, from: string) => unknown) | undefined;
  readonly saveMs: number | undefined;
}

/** State that the modules of one artifact keep. */
export class KeptRoots {
  readonly roots = new Map<string, KeptRoot>();
  /** Classes of packages, by `package#Class`. */
  readonly registered = new Map<string, KeptConstructor>();
  #isComplete = false;

  /** True once all modules have been evaluated: state that is declared later would not move. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Called when all modules have been evaluated. */
  complete(): void {
    this.#isComplete = true;
  }

  has(name: string): boolean {
    return this.roots.has(name);
  }

  add(name: string, root: object, { upcast, saveMs }: Partial<Pick<KeptRoot, 'upcast' | 'saveMs'>>): void {
    this.roots.set(name, { root, made: fieldsOf(root), upcast, saveMs });
  }

  register(name: string, type: KeptConstructor): void {
    this.registered.set(name, type);
  }
}

/** Returns the fields of a root. Elements are not fields. */
export function fieldsOf(root: object): string[] {
  return Array.isArray(root) ? [] : Object.keys(root);
}

/** The kept state of the artifact into which this copy of the module is bundled. */
export const keptRoots = new KeptRoots();
