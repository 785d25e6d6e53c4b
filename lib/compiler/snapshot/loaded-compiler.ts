import type tsMorph from 'ts-morph';
import type { ts } from 'ts-morph';

/** What a process that begins with a snapshot of the compiler has from its start. */
export interface LoadedCompiler {
  readonly tsMorph: typeof tsMorph;
  /** The declarations of the language, the platform and `liveswap/plugin`, parsed and bound, by path. */
  readonly libraries: Map<string, ts.SourceFile>;
}

/** Its name in the global object; also in begin.cts, which cannot import this module. */
const key = Symbol.for('liveswap.compiler');

const shared = globalThis as { [key]?: LoadedCompiler };

/** Leaves a compiler to the processes that begin with a snapshot of this one. */
export function leaveCompiler(loaded: LoadedCompiler): void {
  shared[key] = loaded;
}

/**
 * Returns the declarations of a library that this process began with, once: a second program that shared them could have other
 * options. `undefined` when there are none, or they have another text.
 */
export function takeLibrary(
  file: string,
  { target }: ts.CompilerOptions,
  text: ts.IScriptSnapshot,
): ts.SourceFile | undefined {
  const libraries = shared[key]?.libraries;
  const parsed = libraries?.get(file);
  if (!parsed || parsed.text !== text.getText(0, text.getLength())) return undefined;
  libraries?.delete(file);
  if (target !== undefined) parsed.languageVersion = target;
  return parsed;
}

/** Returns whether a path is that of declarations which ts-morph has in itself: there is no such file. */
export function isInCompiler(path: string): boolean {
  return /[\\/]node_modules[\\/]typescript[\\/]lib[\\/]lib\.(?:[^\\/]*\.)?d\.ts$/.test(path);
}
