import { basename } from 'node:path';
import { ts } from 'ts-morph';
import { isPackaged, isWithin, nativePath } from '../../core/paths.js';
import { compiledLib } from '../plugin-module.js';
import type { ReadConfig } from '../read-config.js';
import type { Reads } from './reads.js';

/** Parts of a program that are not in its types, but are what the compiler's own watch mode relies on. */
interface Lookups {
  forEachResolvedModule?(visit: (resolution: Resolution) => void): void;
  forEachResolvedTypeReferenceDirective?(visit: (resolution: Resolution) => void): void;
  getAutomaticTypeDirectiveResolutions?(): { forEach(visit: (resolution: Resolution) => void): void };
}

interface Resolution {
  readonly resolvedModule?: { readonly resolvedFileName: string };
  readonly resolvedTypeReferenceDirective?: { readonly resolvedFileName?: string };
  readonly failedLookupLocations?: readonly string[];
  readonly affectingLocations?: readonly string[];
}

/**
 * Returns the own files that would be found in place of others, or of nothing, if they existed: a tsconfig.json may name several
 * places (`paths`), and an import may be saved before the file that it leads to.
 */
export function passedOver(program: ts.Program): string[] {
  const found: string[] = [];
  (program as Lookups).forEachResolvedModule?.(({ resolvedModule, failedLookupLocations = [] }) => {
    if (!resolvedModule || isOwn(resolvedModule.resolvedFileName)) found.push(...failedLookupLocations);
  });
  // A package.json may be looked for in each folder above, up to the root of the disk.
  return found
    .filter((path) => isOwn(path) && basename(path) !== 'package.json')
    .map((path) => nativePath(path));
}

function isOwn(path: string): boolean {
  return !isPackaged(path) && !isWithin(path, compiledLib);
}

/**
 * Returns what the compiler has read for a program, and where it looked in vain.
 *
 * @throws Error when this version of the compiler does not tell, or when a file is no longer what was read
 */
export function readsOfProgram(program: ts.Program, config: ReadConfig | undefined): Omit<Reads, 'folders'> {
  const lookups = program as Lookups;
  const sources = program.getSourceFiles();
  // Times would tell as well, unless the files are on a machine whose clock is behind.
  const changed = sources.find(({ fileName, text }) => (ts.sys.readFile(fileName) ?? text) !== text);
  if (changed) throw new Error(`${changed.fileName} has changed since it was read.`);
  const found: Resolution[] = [];
  const note = (resolution: Resolution): void => void found.push(resolution);
  if (!lookups.forEachResolvedModule || !lookups.forEachResolvedTypeReferenceDirective)
    throw new Error('The compiler does not tell where it looked for modules.');
  lookups.forEachResolvedModule(note);
  lookups.forEachResolvedTypeReferenceDirective(note);
  lookups.getAutomaticTypeDirectiveResolutions?.().forEach(note);
  const files = [
    ...sources.map(({ fileName }) => fileName),
    ...found.flatMap(placesOf),
    ...(config ? [...config.configs, ...config.fileNames] : []),
  ];
  return {
    files: new Set(files.map((path) => nativePath(path))),
    trees: new Set((config?.folders ?? []).map((path) => nativePath(path))),
  };
}

function placesOf(resolution: Resolution): string[] {
  const { failedLookupLocations = [], affectingLocations = [] } = resolution;
  const { resolvedFileName } = resolution.resolvedModule ?? resolution.resolvedTypeReferenceDirective ?? {};
  return [...failedLookupLocations, ...affectingLocations, ...(resolvedFileName ? [resolvedFileName] : [])];
}
