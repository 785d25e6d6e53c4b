import type { ts } from 'ts-morph';
import type { Edit } from '../../incremental/edits.js';
import { symbolAt } from './expressions.js';
import { declarationsIn, readNames, type FileNames, type Use } from './file-names.js';
import type { Memory } from './memory.js';

/** Uses of declarations in a plugin, file by file; aliases, re-exports and namespaces are resolved to the declaration. */
export class References {
  readonly #memory: Memory;
  #checker: ts.TypeChecker | undefined;
  /** Names of each file, in the order of the plugin's files. */
  #own: ReadonlyMap<ts.SourceFile, FileNames> = new Map();
  #uses: ReadonlyMap<ts.Node, readonly Use[]> = new Map();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Reads the names of files that an edit may have changed; returns the declarations whose uses have changed. */
  update(files: readonly ts.SourceFile[], checker: ts.TypeChecker, edit: Edit): ReadonlySet<ts.Node> {
    const before = new Map([...this.#own].map(([file, names]) => [file.fileName, names]));
    const own = new Set(files);
    const isOwn = (node: ts.Node): boolean => own.has(node.getSourceFile());
    const disturbed = new Set<ts.Node>();
    this.#own = new Map(
      files.map((file) => {
        const earlier = before.get(file.fileName);
        if (earlier && !isStale(file.fileName, earlier, edit)) return [file, earlier];
        const names = readNames(file, checker, isOwn);
        for (const uses of [earlier?.uses, names.uses])
          for (const one of uses?.keys() ?? []) disturbed.add(one);
        return [file, names];
      }),
    );
    this.#checker = checker;
    this.#uses = merged([...this.#own.values()].map(({ uses }) => uses));
    return disturbed;
  }

  /** Returns every place that names a declaration, including its own name. */
  usesOf(declaration: ts.Node): readonly Use[] {
    const uses = this.#uses.get(declaration) ?? [];
    this.#memory.noteUses(declaration);
    for (const use of uses) this.#memory.noteFile(use.getSourceFile());
    return uses;
  }

  /** Returns every `this` that belongs to a method, function or class. */
  thisOf(owner: ts.Node): readonly ts.Expression[] {
    const file = owner.getSourceFile();
    this.#memory.noteFile(file);
    return this.#own.get(file)?.thisOf.get(owner) ?? [];
  }

  /** Returns every place that names `globalThis` itself. */
  get globalObjects(): readonly ts.Identifier[] {
    this.#noteAll();
    return [...this.#own.values()].flatMap(({ globalObjects }) => globalObjects);
  }

  /** Iterates over declarations outside the plugin that the plugin names, with their uses. */
  *external(): Iterable<[declaration: ts.Node, uses: readonly Use[]]> {
    this.#noteAll();
    for (const [declaration, uses] of this.#uses) {
      if (!this.isOwn(declaration)) yield [declaration, uses];
    }
  }

  isOwn(node: ts.Node): boolean {
    return this.#own.has(node.getSourceFile());
  }

  /** Returns the declarations of the name at `node`, wherever they are. */
  declarationsOf(node: ts.Node): readonly ts.Node[] {
    const file = node.getSourceFile();
    this.#memory.noteFile(file);
    const declarations = this.#own.get(file)?.declared.get(node) ?? this.#lookUp(node);
    for (const declaration of declarations) this.#memory.noteFile(declaration.getSourceFile());
    return declarations;
  }

  #noteAll(): void {
    for (const file of this.#own.keys()) this.#memory.noteFile(file);
  }

  #lookUp(node: ts.Node): readonly ts.Node[] {
    const symbol = this.#checker && symbolAt(node, this.#checker);
    return symbol ? declarationsIn(symbol, (declaration) => this.isOwn(declaration)) : [];
  }
}

/** Returns whether the known names of a file may be wrong after an edit, or refer to text that is gone. */
function isStale(file: string, { uses }: FileNames, edit: Edit): boolean {
  if (edit.extent !== 'files') return edit.extent === 'everything';
  if (edit.retyped.has(file)) return true;
  for (const declaration of uses.keys())
    if (edit.changed.has(declaration.getSourceFile().fileName)) return true;
  return false;
}

function merged(parts: readonly ReadonlyMap<ts.Node, readonly Use[]>[]): Map<ts.Node, Use[]> {
  const all = new Map<ts.Node, Use[]>();
  for (const part of parts) {
    for (const [declaration, uses] of part) {
      const known = all.get(declaration);
      if (known) known.push(...uses);
      else all.set(declaration, [...uses]);
    }
  }
  return all;
}
