import { join, resolve } from 'node:path';
import type { BuildFailure, Location, Message } from 'esbuild';
import { entryFileName } from '../entry.js';
import type { Finding } from '../rule.js';

/** Owner of the bundle that a message is about. */
interface Owner {
  readonly name: string;
  readonly folder: string;
}

/** Warnings of esbuild about code that fails at run time, with a remedy for each. */
const broken = new Map([
  ['empty-glob', 'Name existing files with their extension, such as import(`./lang/${language}.ts`).'],
  [
    'ignored-bare-import',
    'Its package.json says "sideEffects": false. List the file there, or import something from it that is used.',
  ],
  ['import-is-undefined', 'Import a name that the module exports.'],
  ['call-import-namespace', 'A module is not a function: import its default export.'],
  ['commonjs-variable-in-esm', 'Use `export`, or give the file the ending .cjs.'],
  ['assign-to-constant', 'Declare it with `let`.'],
]);

/** Returns whether a warning is about own code that fails whenever it runs. */
export function isBreaking(message: Message): boolean {
  return broken.has(message.id) && !isInPackage(message);
}

/** Converts a message of esbuild to a finding at its location. */
export function findingOf(message: Message, { name, folder }: Owner): Finding {
  const { text, location, id } = message;
  const line = location?.line ?? 1;
  const [start, end] = location ? spanOf(location) : [0, 0];
  const isPlaced = location !== null && location.file !== entryFileName(name);
  return {
    rule: 'bundle',
    plugin: name,
    file: isPlaced ? resolve(folder, location.file) : join(folder, 'index.ts'),
    line,
    column: start + 1,
    endLine: line,
    endColumn: end + 1,
    problem: /[.?!]$/.test(text) ? text : `${text}.`,
    remedy: broken.get(id) ?? remedyFor(message),
  };
}

/** Returns the missing module of a `require()` or `import()` in a package, which may work without it. */
export function missingOptional(message: Message): string | undefined {
  const missing = missingModule(message);
  const { location } = message;
  const before = location ? location.lineText.slice(0, spanOf(location)[0]) : '';
  const isCall = /\b(require(\.resolve)?|import)\s*\(\s*(\/\*.*?\*\/\s*)*$/.test(before);
  return missing !== undefined && isCall && isInPackage(message) ? missing : undefined;
}

/**
 * Returns the file of an error that would not occur in sloppy mode: esbuild treats every module of an artifact as strict, and
 * CommonJS under a tsconfig.json with `strict` as if it said so itself.
 */
export function strictOnly({ text, location, notes }: Message): string | undefined {
  const isCommonJs = /\.c?js$/.test(location?.file ?? '');
  const isForced =
    text.includes('cannot be used with the "esm" output format') ||
    (text.includes('strict mode') && notes.some((note) => note.text.startsWith("TypeScript's ")));
  return isCommonJs && isForced ? location?.file : undefined;
}

/** Returns whether an error is a failed build, rather than the death of esbuild itself. */
export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function remedyFor(message: Message): string {
  const data = importedData(message);
  if (data !== undefined)
    return `Read the file instead, such as readFileSync(new URL(${data}, import.meta.url)): the artifact contains it, too.`;
  const missing = missingModule(message);
  if (missing === undefined) return '';
  // `#gate`, `@/gate` and `~/gate` are names of the project's own files.
  const name = /^(@[^/]+\/)?[^/@#~][^/]*/.exec(missing)?.[0];
  return name === undefined
    ? 'Name a file that is there, or correct where `imports` of package.json, or `paths` of tsconfig.json, leads.'
    : `Install ${name}, or name it with --external ${name} when it is only there where the plugin runs.`;
}

function missingModule({ text }: Message): string | undefined {
  const specifier = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  return specifier === undefined || /^[./]/.test(specifier) ? undefined : specifier;
}

/** Returns where in its line a message begins and ends, in characters: esbuild counts bytes of UTF-8. */
function spanOf({ lineText, column, length }: Location): readonly [start: number, end: number] {
  const bytes = Buffer.from(lineText);
  const charactersTo = (byte: number): number => bytes.subarray(0, byte).toString().length;
  return [charactersTo(column), charactersTo(column + length)];
}

/** Returns the specifier, in its quotes, with which own code imports a file that is no module. */
function importedData(message: Message): string | undefined {
  const { text, location } = message;
  if (!text.startsWith('No loader is configured for ') || !location || isInPackage(message)) return undefined;
  const specifier = location.lineText.slice(...spanOf(location));
  return /^(["'])\.{1,2}\/.*\1$/.test(specifier) ? specifier : undefined;
}

function isInPackage({ location }: Message): boolean {
  return /(^|[\\/])node_modules[\\/]/.test(location?.file ?? '');
}
