import { join } from 'node:path';
import { ts } from 'ts-morph';
import { isPlatformSymbol } from '../collect/global-name.js';
import { posixPath } from '../../core/paths.js';
import type { EmittedModule } from './emitted-module.js';
import type { EmittedModules } from './emitted-modules.js';
import type { SpaceDeps } from './type-space.js';
import { Unsayable } from './unsayable.js';

/** Sources of the types of a program, as the stubs in a folder can name them. */
export class TypeSources implements SpaceDeps {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #reader: string;
  readonly #modules: EmittedModules;
  readonly #globals = new Set<string>();
  #usesNode = false;

  /** @param outDir is the folder of the stubs, from which their imports are resolved. */
  constructor(program: ts.Program, modules: EmittedModules, outDir: string) {
    this.#program = program;
    this.#modules = modules;
    this.#checker = program.getTypeChecker();
    this.#reader = posixPath(join(outDir, 'live.d.ts'));
  }

  /** Names of the global types that were requested. */
  get globals(): ReadonlySet<string> {
    return this.#globals;
  }

  /** True when a type was requested that Node's types declare. */
  get usesNode(): boolean {
    return this.#usesNode;
  }

  /** Returns the declarations of a source file. @throws Unsayable */
  moduleOf(path: string): EmittedModule {
    const module = this.#modules.moduleIn(this.#program, path);
    if (!module) throw new Unsayable(path);
    return module;
  }

  readonly resolve = (specifier: string, from: string): EmittedModule | 'package' => {
    if (isOurs(specifier) || this.#isAmbient(specifier)) return 'package';
    const found = this.#find(specifier, from);
    if (!found) throw new Unsayable(specifier);
    const isPackage = found.isExternalLibraryImport || found.resolvedFileName.includes('/node_modules/');
    if (!isPackage) return this.moduleOf(found.resolvedFileName);
    if (specifier.startsWith('.') || specifier.startsWith('/')) throw new Unsayable(specifier);
    return 'package';
  };

  readonly globalName = (name: string): string | undefined => {
    this.#globals.add(name);
    if (name === 'globalThis') return name;
    const symbol = this.#checker.resolveName(name, undefined, ts.SymbolFlags.All, false);
    if (!symbol || !isPlatformSymbol(symbol, this.#program)) return undefined;
    const { declarations = [] } = symbol;
    if (name === 'Buffer') return 'Uint8Array';
    const isNodes = declarations.some(
      (one) => !this.#program.isSourceFileDefaultLibrary(one.getSourceFile()),
    );
    return isNodes && !this.#needNode() ? undefined : name;
  };

  readonly isFound = (specifier: string): boolean => {
    if (isOurs(specifier) || /^(?:node:)?buffer$/.test(specifier)) return true;
    if (this.#isAmbient(specifier)) return this.#needNode();
    const found = this.#find(specifier, this.#reader);
    return found !== undefined && !found.resolvedFileName.endsWith('.js');
  };

  #find(specifier: string, from: string): ts.ResolvedModuleFull | undefined {
    const mode = this.#program.getSourceFile(from)?.impliedNodeFormat ?? ts.ModuleKind.ESNext;
    const options = this.#program.getCompilerOptions();
    return ts.resolveModuleName(specifier, from, options, ts.sys, undefined, undefined, mode).resolvedModule;
  }

  #isAmbient(specifier: string): boolean {
    return this.#checker.getAmbientModules().some(({ name }) => name === `"${specifier}"`);
  }

  #needNode(): boolean {
    const found = ts.resolveTypeReferenceDirective('node', this.#reader, {}, ts.sys);
    const isThere = found.resolvedTypeReferenceDirective !== undefined;
    this.#usesNode ||= isThere;
    return isThere;
  }
}

function isOurs(specifier: string): boolean {
  return specifier === 'liveswap' || specifier.startsWith('liveswap/');
}
