import { dirname } from 'node:path';
import { ts } from 'ts-morph';
import { posixPath } from '../core/paths.js';

/** Options of the existing programs, by folder with a slash at its end. */
const programs = new Map<string, ts.CompilerOptions>();
const formats = new WeakMap<ts.SourceFile, ts.ResolutionMode>();

/** Makes the files below the folder of a tsconfig.json use Node's module formats, if its `module` says so. */
export function readAsNodeDoes(tsconfig: string, options: ts.CompilerOptions): void {
  programs.set(`${posixPath(dirname(tsconfig))}/`, options);
}

// The compiler asks each source file whether Node takes it for an ES module. The creator of a file must set that, which ts-morph
// does not, so the files determine it themselves.
const prototype = Object.getPrototypeOf(
  ts.createSourceFile('any.ts', '', ts.ScriptTarget.Latest),
) as ts.SourceFile;
Object.defineProperty(prototype, 'impliedNodeFormat', {
  configurable: true,
  get(this: ts.SourceFile) {
    if (!formats.has(this)) formats.set(this, formatOf(this.fileName));
    return formats.get(this);
  },
  set(this: ts.SourceFile, format: ts.ResolutionMode) {
    if (format !== undefined) formats.set(this, format);
  },
});

function formatOf(file: string): ts.ResolutionMode {
  if (file === '') return undefined;
  const [folder = ''] = [...programs.keys()]
    .filter((one) => file.startsWith(one))
    .sort((left, right) => right.length - left.length);
  const options = programs.get(folder) ?? { moduleResolution: ts.ModuleResolutionKind.Bundler };
  return ts.getImpliedNodeFormatForFile(file, undefined, ts.sys, options);
}

/** Returns whether Node decides if files are ES modules or CommonJS. */
export function followsNode({ module = ts.ModuleKind.None }: ts.CompilerOptions): boolean {
  return module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
}
