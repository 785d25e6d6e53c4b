import { names, placeDeclarations } from './banner.js';
import type { NamedFiles } from './named-files.js';
import { asideSpecifier } from './required-asides.js';

/** Matches a shebang, comments, and directives such as 'use strict', which must stay in front. */
const head = /^(?:#!.*\r?\n)?(?:\s+|\/\*[\s\S]*?\*\/|\/\/.*(?:\n|$)|(['"])use [\w ]+\1\s*(?:;|(?=\n)|$))*/;

/**
 * Gives a module its own `import.meta.url`, `__dirname` and `require` instead of the artifact's. What it requires is required by
 * functions that it imports, so that this is bundled. No line moves.
 *
 * @param place is the place of the module, relative to the folder of the running copy.
 */
export function placedModule(
  text: string,
  place: string,
  { requires, asides }: Pick<NamedFiles, 'requires' | 'asides'>,
): string {
  const edits = [
    ...requires.map((start) => ({ start, end: start + 'require'.length, by: names.require })),
    ...asides.map(({ start, end }, index) => ({ start, end, by: `${asideName(index)}()` })),
  ].sort((left, right) => right.start - left.start);
  const own = edits.reduce((rest, { start, end, by }) => rest.slice(0, start) + by + rest.slice(end), text);
  const imports = asides.map(
    ({ specifier }, index) => `import ${asideName(index)} from ${JSON.stringify(asideSpecifier(specifier))};`,
  );
  const start = head.exec(own)?.[0].length ?? 0;
  return [own.slice(0, start), ...imports, placeDeclarations(place, text), own.slice(start)].join('');
}

function asideName(index: number): string {
  return `__liveswap_aside${index}`;
}
