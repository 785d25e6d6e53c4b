import type { ts } from 'ts-morph';
import { Edits } from '../incremental/edits.js';
import { emitModule, type EmittedModule } from './emitted-module.js';

/** Declarations that TypeScript has emitted for modules, remembered until an edit can have affected them. */
export class EmittedModules {
  readonly #edits = new Edits();
  /** Indexed by file name; `undefined` for files that TypeScript fails to emit. */
  readonly #modules = new Map<string, EmittedModule | undefined>();
  #program: ts.Program | undefined;

  /** Returns the declarations of a source file in this program. */
  moduleIn(program: ts.Program, path: string): EmittedModule | undefined {
    this.#follow(program);
    if (!this.#modules.has(path)) {
      const source = program.getSourceFile(path);
      this.#modules.set(path, source && emitModule(program, source));
    }
    return this.#modules.get(path);
  }

  #follow(program: ts.Program): void {
    if (this.#program === program) return;
    this.#program = program;
    const edit = this.#edits.since(program);
    if (edit.extent === 'everything') this.#modules.clear();
    if (edit.extent === 'files') for (const name of edit.reshaped) this.#modules.delete(name);
  }
}
