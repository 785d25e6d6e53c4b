import type { ts } from 'ts-morph';
import type { EmittedModule } from './emitted-module.js';

/** Writes nodes of modules in names that are valid where they are written to. */
export interface TypeWriter {
  /** @throws Unsayable */
  text(node: ts.Node, module: EmittedModule): string;
}
