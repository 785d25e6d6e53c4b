import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathOfUrl } from '../core/paths.js';
import type { Evaluation } from './evaluation.js';
import type { FrozenFiles } from './frozen-files.js';

/** Matches Node's sentence about a missing module that an ES module imports. */
const IMPORTER = /^Cannot find (?:package|module) '(.+?)' imported from (.+)$/m;
/** Matches Node's sentence about a missing module that CommonJS requires. */
const REQUIRED = /^Cannot find module '(.+?)'$/m;
const SPECIFIER = /(['"])([^'"\n]+)\1/g;

/**
 * Returns the place in the app's own files, as `file` or `file:line`, that made its evaluation fail, where the stack of an error
 * does not contain it: Node names the importer of a missing module in the message alone, and a value that is not an error has no
 * stack.
 */
export function placeOfFailure(
  reason: unknown,
  files: FrozenFiles,
  evaluation: Evaluation,
): string | undefined {
  if (!(reason instanceof Error)) return evaluation.whichThrew(reason);
  const [, missing, importer] = IMPORTER.exec(reason.message) ?? requirerIn(reason);
  if (missing === undefined || importer === undefined) return undefined;
  const file = pathOfUrl(importer) ?? importer;
  return files.isOwn(file) ? file + lineOfImport(missing, file, files) : undefined;
}

/** Returns the file that required a module. From Node 22 on, the frames of module hooks leave no room for it in the stack. */
function requirerIn(reason: Error & { readonly requireStack?: readonly string[] }): (string | undefined)[] {
  return [undefined, REQUIRED.exec(reason.message)?.[1], reason.requireStack?.[0]];
}

/** Returns `:line` of the first text in a file that names the missing package or absolute path; empty if there is none. */
function lineOfImport(missing: string, file: string, files: FrozenFiles): string {
  const text = textOf(files.copyOf(file));
  for (const { 2: specifier = '', index } of text.matchAll(SPECIFIER)) {
    const isMeant =
      specifier === missing ||
      specifier.startsWith(`${missing}/`) ||
      resolve(dirname(file), specifier) === missing;
    if (isMeant) return `:${text.slice(0, index).split('\n').length}`;
  }
  return '';
}

/** Returns the text of a file; empty if it cannot be read, because that error must not take the place of the first one. */
function textOf(file: string | undefined): string {
  try {
    return file === undefined ? '' : readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
