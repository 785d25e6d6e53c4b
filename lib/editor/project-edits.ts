import type ts from 'typescript';
import type { Edit } from './protocol.js';

/** Finds the files of a language server's project that have changed since the last call. */
export class ProjectEdits {
  readonly #project: ts.server.Project;
  /** Versions that were last seen, by file. */
  readonly #versions = new Map<string, string>();

  constructor(project: ts.server.Project) {
    this.#project = project;
  }

  /** Returns the edits since the last call; the first time, the files that an editor holds. */
  take(program: ts.Program): Edit[] {
    const isFirst = this.#versions.size === 0;
    const left = new Set(this.#versions.keys());
    const edits: Edit[] = [];
    for (const { fileName, isDeclarationFile } of program.getSourceFiles()) {
      if (isDeclarationFile || fileName.includes('/node_modules/')) continue;
      left.delete(fileName);
      const text = this.#heldText(fileName);
      const version = `${this.#project.getScriptVersion(fileName)} ${text === undefined}`;
      if (this.#versions.get(fileName) === version) continue;
      this.#versions.set(fileName, version);
      if (!isFirst || text !== undefined)
        edits.push(text === undefined ? { file: fileName } : { file: fileName, text });
    }
    for (const file of left) {
      this.#versions.delete(file);
      edits.push({ file });
    }
    return edits;
  }

  /** Forgets all versions: the next call is the first one again. */
  forget(): void {
    this.#versions.clear();
  }

  #heldText(fileName: string): string | undefined {
    const script = this.#project.getScriptInfo(fileName);
    if (!script?.isScriptOpen()) return undefined;
    const snapshot = script.getSnapshot();
    return snapshot.getText(0, snapshot.getLength());
  }
}
