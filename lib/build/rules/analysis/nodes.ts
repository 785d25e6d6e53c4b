import type { ts } from 'ts-morph';
import { walk } from './syntax.js';

/** The nodes of a plugin by their kind, found in one pass, in the order of the text. */
export class Nodes {
  readonly #byKind = new Map<ts.SyntaxKind, ts.Node[]>();

  constructor(files: readonly ts.SourceFile[]) {
    for (const file of files) walk(file, (node) => this.#add(node));
  }

  of<Kind extends ts.Node>(...kinds: readonly Kind['kind'][]): readonly Kind[] {
    return kinds.flatMap((kind) => (this.#byKind.get(kind) ?? []) as Kind[]);
  }

  #add(node: ts.Node): void {
    const known = this.#byKind.get(node.kind);
    if (known) known.push(node);
    else this.#byKind.set(node.kind, [node]);
  }
}
