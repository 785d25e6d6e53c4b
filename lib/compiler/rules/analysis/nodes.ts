import type { ts } from 'ts-morph';
import { append } from './lists.js';
import type { Memory } from './memory.js';
import { walk } from './syntax.js';

// An edited file is a new object, so entries stay valid for all others.
const known = new WeakMap<ts.SourceFile, ReadonlyMap<ts.SyntaxKind, readonly ts.Node[]>>();

/** The nodes of a plugin by their kind, in the order of the text. */
export class Nodes {
  readonly #files: readonly ts.SourceFile[];
  readonly #memory: Memory;

  constructor(files: readonly ts.SourceFile[], memory: Memory) {
    this.#files = files;
    this.#memory = memory;
  }

  of<Kind extends ts.Node>(...kinds: readonly Kind['kind'][]): readonly Kind[] {
    return kinds.flatMap((kind) => this.#files.flatMap((file) => this.in(file, kind)));
  }

  /** Returns the nodes of one kind in one file. */
  in<Kind extends ts.Node>(file: ts.SourceFile, kind: Kind['kind']): readonly Kind[] {
    this.#memory.noteFile(file);
    return nodesIn(file, kind);
  }
}

/** Returns the nodes of one kind in a file; types are not looked through. */
export function nodesIn<Kind extends ts.Node>(file: ts.SourceFile, kind: Kind['kind']): readonly Kind[] {
  return (nodesOf(file).get(kind) ?? []) as readonly Kind[];
}

function nodesOf(file: ts.SourceFile): ReadonlyMap<ts.SyntaxKind, readonly ts.Node[]> {
  const before = known.get(file);
  if (before) return before;
  const byKind = new Map<ts.SyntaxKind, ts.Node[]>();
  walk(file, (node) => append(byKind, node.kind, node));
  known.set(file, byKind);
  return byKind;
}
