import { ts, type Project } from 'ts-morph';
import { isPackaged, isWithin } from '../core/paths.js';
import { docTag } from './collect/doc-tags.js';
import { PROGRAM_TYPES_FILE } from './program-types.js';
import { compiledLib } from './plugin-module.js';

/**
 * Makes a project parse the declarations of libraries as `tsc` does: without comments, and without parents, which nodes get when
 * they are bound. ts-morph parses comments and sets parents, which costs a tenth of a first build.
 */
export function parseLibrariesFast(project: Project): void {
  const registry = (project as unknown as Internals)._context?.compilerFactory?.documentRegistry;
  if (!registry) return;
  const parse = registry.createOrUpdateSourceFile.bind(registry);
  registry.createOrUpdateSourceFile = (file, options, text, kind) =>
    isLibrary(file)
      ? ts.createLanguageServiceSourceFile(file, text, parsing(options, text), FIRST_VERSION, false, kind)
      : parse(file, options, text, kind);
}

/** Parts of a project that are not in its types: its API passes no options on to the parser. */
interface Internals {
  readonly _context?: { readonly compilerFactory?: { readonly documentRegistry?: Registry } };
}

interface Registry {
  createOrUpdateSourceFile: (
    file: string,
    options: ts.CompilerOptions,
    text: ts.IScriptSnapshot,
    kind?: ts.ScriptKind,
  ) => ts.SourceFile;
}

/** The version of a file that never changes. */
const FIRST_VERSION = '0';

/** Returns whether a file has declarations that nobody edits. */
function isLibrary(file: string): boolean {
  const isOurs = isWithin(file, compiledLib) && !isWithin(file, PROGRAM_TYPES_FILE);
  return /\.d\.[cm]?ts$/.test(file) && (isOurs || isPackaged(file));
}

function parsing(
  { target = ts.ScriptTarget.Latest }: ts.CompilerOptions,
  text: ts.IScriptSnapshot,
): ts.CreateSourceFileOptions {
  const { ParseAll, ParseForTypeErrors } = ts.JSDocParsingMode;
  const hasTags = docTag.test(text.getText(0, text.getLength()));
  return { languageVersion: target, jsDocParsingMode: hasTags ? ParseAll : ParseForTypeErrors };
}
