import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BundledFile } from './bundled-file.js';
import { isAddon } from './native-addons.js';
import { packageOf } from './module-place.js';
import { isCodeFile, namedFiles, type NamedFiles } from './named-files.js';

/** A bundled module that uses its own place. */
export interface AskingModule extends NamedFiles {
  readonly file: string;
  readonly isOwn: boolean;
}

/** Facts about the contents of a bundle that determine how it must be made. */
export interface Survey {
  readonly modules: readonly AskingModule[];
  /** Packages that cannot be bundled, with the reason. */
  readonly outside: ReadonlyMap<string, string>;
}

/** Survey of a bundle in which no module uses its place. */
export const nobodyAsks: Survey = { modules: [], outside: new Map() };

/** Returns whether any code of a bundle depends on the places of its modules. */
export function asksForPlaces(code: string): boolean {
  return /__liveswap_(?:url|filename|dirname|resolve|require)\b|\b__require\(|createRequire/.test(code);
}

const asking =
  /__dirname|__filename|import\s*\.\s*meta|require\s*\.\s*resolve|createRequire|\brequire\s*\(\s*[^'"\s)]/;

const NATIVE = 'it loads a native addon';

/**
 * Returns packages that one of these modules may require by a name only known at run time: the installed peers of its package.
 */
export function openPeers(modules: readonly AskingModule[]): Map<string, string> {
  const peers = new Map<string, string>();
  for (const { file, requires } of modules) {
    const owner = requires.length > 0 ? packageOf(file) : undefined;
    if (owner === undefined) continue;
    for (const peer of optionalPeersOf(file, owner))
      peers.set(peer, `${owner} requires packages by names that are only known at run time`);
  }
  return peers;
}

function optionalPeersOf(file: string, owner: string): string[] {
  const folder = file.slice(0, file.lastIndexOf(`${owner}/`) + owner.length);
  try {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as PackageManifest;
    return Object.entries(manifest.peerDependenciesMeta ?? {})
      .filter(([peer, { optional }]) => optional && isInstalled(peer, file))
      .map(([peer]) => peer);
  } catch {
    return [];
  }
}

interface PackageManifest {
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

function isInstalled(name: string, from: string): boolean {
  try {
    createRequire(from).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Examines the modules of bundles. It remembers packages and reads the plugin's own files each time. */
export class Surveyor {
  readonly #packages = new Map<string, AskingModule | undefined>();

  survey(files: readonly BundledFile[]): Survey {
    const outside = new Map<string, string>();
    const modules: AskingModule[] = [];
    for (const { file, owner, imports, hasAddon } of files) {
      if (!isCodeFile(file)) continue;
      const module = this.#lookAt(file, owner === undefined);
      if (module) modules.push(module);
      if (owner === undefined || outside.has(owner)) continue;
      const reason = hasAddon || imports.some(loadsAddons) ? NATIVE : module && outsideFor(module);
      if (reason !== undefined) outside.set(owner, reason);
    }
    return { modules: modules.filter(({ file }) => !outside.has(packageOf(file) ?? '')), outside };
  }

  #lookAt(file: string, isOwn: boolean): AskingModule | undefined {
    if (!isOwn && this.#packages.has(file)) return this.#packages.get(file);
    const text = readFileSync(file, 'utf8');
    const found = asking.test(text) ? { file, isOwn, ...namedFiles(file, text) } : undefined;
    if (!isOwn) this.#packages.set(file, found);
    return found;
  }
}

const addonLoaders =
  /^(bindings|node-gyp-build|node-gyp-build-optional-packages|node-pre-gyp|@mapbox\/node-pre-gyp|prebuild-install|pkg-prebuilds)(\/|$)/;

function loadsAddons(specifier: string): boolean {
  return addonLoaders.test(specifier);
}

/** Matches functions that need a real path, because they read, write or run something there. */
const reading =
  /^(read|open|create(Read|Write)Stream|readdir|opendir|scandir|glob|require|import|fork|spawn|exec|Worker|load)/i;

/** Returns the reason why a module must stay in its package, if there is one. */
function outsideFor({ file, paths, unclear, requires }: AskingModule): string | undefined {
  if (paths.some(isAddon)) return NATIVE;
  if (requires.length > 0 && /\.node['"`]/.test(readFileSync(file, 'utf8'))) return NATIVE;
  const first = unclear.find(
    ({ use, isOpen, missing }) => isOpen || (missing === undefined && reading.test(use)),
  );
  if (first && (paths.length === 0 || requires.length > 0))
    return `${insidePackage(file)} looks for files whose names are only known at run time`;
  return undefined;
}

/** Returns the path of a file relative to the folder of its package. */
function insidePackage(file: string): string {
  return file.replace(/.*[\\/]node_modules[\\/]/, '').replaceAll('\\', '/');
}
