import { placeDeclarations, names } from './banner.js';

/** A shebang, comments, and directives such as 'use strict': what must stay in front. */
const head = /^(?:#!.*\r?\n)?(?:\s+|\/\*[\s\S]*?\*\/|\/\/.*(?:\n|$)|(['"])use [\w ]+\1\s*(?:;|(?=\n)|$))*/;

/**
 * Tells a module where it is: its `import.meta.url`, `__dirname` and `require` are its own, and not the artifact's. No line moves.
 *
 * @param place of the module, from the folder of the running copy.
 * @param requires offsets of calls of `require` that esbuild does not follow.
 */
export function placedModule(text: string, place: string, requires: readonly number[] = []): string {
  const own = requires.reduceRight(
    (rest, offset) => `${rest.slice(0, offset)}${names.require}${rest.slice(offset + 'require'.length)}`,
    text,
  );
  const start = head.exec(own)?.[0].length ?? 0;
  return `${own.slice(0, start)}${placeDeclarations(place, text)}${own.slice(start)}`;
}
