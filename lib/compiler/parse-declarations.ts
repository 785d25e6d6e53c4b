import { ts, type Project } from 'ts-morph';
import { docTag } from './collect/doc-tags.js';

/** Parses the text of a file. */
type Parse = (
  file: string,
  options: ts.CompilerOptions,
  text: ts.IScriptSnapshot,
  kind?: ts.ScriptKind,
) => ts.SourceFile;

/** Parts of a project that are not in its types: its API passes no options on to the parser. */
interface Internals {
  readonly _context?: { readonly compilerFactory?: { readonly documentRegistry?: Registry } };
}

interface Registry {
  createOrUpdateSourceFile: Parse;
}

/** The version of a file that never changes. */
const FIRST_VERSION = '0';

/** Makes a project parse its files with what `change` makes of its own parser. */
export function changeParser(project: Project, change: (parse: Parse) => Parse): void {
  const registry = (project as unknown as Internals)._context?.compilerFactory?.documentRegistry;
  if (!registry) return;
  registry.createOrUpdateSourceFile = change(registry.createOrUpdateSourceFile.bind(registry));
}

/**
 * Parses declarations that nobody edits as `tsc` does: without comments, and without parents, which nodes get when they are bound.
 * ts-morph parses comments and sets parents, which costs a tenth of a first build.
 */
export const parseDeclarations: Parse = (file, { target = ts.ScriptTarget.Latest }, text, kind) => {
  const { ParseAll, ParseForTypeErrors } = ts.JSDocParsingMode;
  const hasTags = docTag.test(text.getText(0, text.getLength()));
  const parsing = { languageVersion: target, jsDocParsingMode: hasTags ? ParseAll : ParseForTypeErrors };
  return ts.createLanguageServiceSourceFile(file, text, parsing, FIRST_VERSION, false, kind);
};
