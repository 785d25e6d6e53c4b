import { join } from 'node:path';
import { Project, ts, type TypeChecker } from 'ts-morph';
import { ShapeReader } from '../../lib/compiler/collect/shape-reader.js';
import type { Typed } from '../../lib/contract/typed.js';

/** A type that a test declares, both as the checker knows it and as a shape. */
export interface ReadType extends Typed {
  readonly type: ts.Type;
}

/** Returns the types behind those aliases in `source` whose names begin with `Is`, by the rest of the name, and their checker. */
export function readShapes(source: string): { types: Map<string, ReadType>; checker: ts.TypeChecker } {
  const project = new Project({
    compilerOptions: {
      strict: true,
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: ['node'],
      module: ts.ModuleKind.NodeNext,
    },
  });
  const file = project.createSourceFile(
    join(import.meta.dirname, 'read-shapes-of.ts'),
    `${source}\nexport {};`,
  );
  const checker: TypeChecker = project.getTypeChecker();
  const reader = new ShapeReader(project, { own: new Map(), prefix: 'live_' });
  const read = file.getTypeAliases().flatMap((alias) => {
    const [, name] = /^Is(\w+)$/.exec(alias.getName()) ?? [];
    return name === undefined ? [] : [{ name, type: alias.getTypeNodeOrThrow().getType().compilerType }];
  });
  const shapes = read.map(({ name, type }) => ({ name, type, shape: reader.shape(type) }));
  const types = reader.table;
  return {
    types: new Map(shapes.map(({ name, type, shape }) => [name, { type, shape, types }])),
    checker: checker.compilerObject,
  };
}
