import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';

/** Format in which Node reads a module. */
export type ModuleFormat = 'module' | 'commonjs' | 'json' | 'addon' | 'wasm';

const byExtension: Readonly<Record<string, ModuleFormat>> = {
  '.mjs': 'module',
  '.mts': 'module',
  '.cjs': 'commonjs',
  '.cts': 'commonjs',
  '.json': 'json',
  '.node': 'addon',
  '.wasm': 'wasm',
};

/** The formats of the modules of one build, which reads each package.json once. */
export class ModuleFormats {
  readonly #types = new Map<string, Promise<unknown>>();

  /**
   * Resolves to the format in which Node reads a file: by its extension, by the `type` of its package, or else by its syntax.
   * TypeScript in a package without a type is CommonJS, because `tsc` compiles it to that.
   *
   * @param syntax is the module syntax that the parser found.
   */
  async of(path: string, syntax: 'cjs' | 'esm' | undefined): Promise<ModuleFormat> {
    const extension = extname(path);
    const known = byExtension[extension];
    if (known) return known;
    const type = await this.#packageType(dirname(path));
    if (type === 'module') return 'module';
    const isJavaScript = extension === '.js' || extension === '.jsx' || extension === '';
    return type === undefined && isJavaScript && syntax === 'esm' ? 'module' : 'commonjs';
  }

  /** Resolves to the `type` of the nearest package.json. */
  #packageType(folder: string): Promise<unknown> {
    const known = this.#types.get(folder) ?? this.#readType(folder);
    this.#types.set(folder, known);
    return known;
  }

  async #readType(folder: string): Promise<unknown> {
    try {
      const text = await readFile(join(folder, 'package.json'), 'utf8');
      return (JSON.parse(text) as { type?: unknown }).type;
    } catch {
      const above = dirname(folder);
      return above === folder ? undefined : this.#packageType(above);
    }
  }
}
