import { readFile, stat } from 'node:fs/promises';
import { isInCompiler } from './loaded-compiler.js';

/** What a snapshot was last to be made of, whether that has worked or not. */
interface Tried {
  /** Paths of declarations, and what changes with their texts. */
  readonly libraries: ReadonlyMap<string, string>;
  readonly atMs: number;
}

/** Returns the path of the file that tells what a snapshot was last to be made of. */
export function triedFile(snapshot: string): string {
  return `${snapshot}.tried`;
}

/** Resolves to what a snapshot was last to be made of: nothing, if none was. */
export async function readTried(snapshot: string): Promise<Tried> {
  try {
    const file = triedFile(snapshot);
    const libraries = new Map(JSON.parse(await readFile(file, 'utf8')) as [string, string][]);
    return { libraries, atMs: (await stat(file)).mtimeMs };
  } catch {
    return { libraries: new Map(), atMs: 0 };
  }
}

/**
 * Resolves to those of some paths of declarations that exist, or that are of the compiler's own, with what changes when their texts do.
 */
export async function libraryMarks(paths: readonly string[]): Promise<Map<string, string>> {
  const marked = paths.map(async (path): Promise<readonly (readonly [string, string])[]> => {
    if (isInCompiler(path)) return [[path, '']];
    const found = await stat(path).catch(() => undefined);
    return found ? [[path, `${found.size},${found.mtimeMs}`]] : [];
  });
  return new Map((await Promise.all(marked)).flat());
}
