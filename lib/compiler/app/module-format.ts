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

/**
 * Returns the format in which Node reads a file: by its extension, by the `type` of its package, or else by its syntax.
 * TypeScript of a package without a type is CommonJS, which `tsc` compiles it to.
 *
 * @param syntax what the parser saw.
 */
export async function moduleFormat(path: string, syntax: 'cjs' | 'esm' | undefined): Promise<ModuleFormat> {
  const extension = extname(path);
  const known = byExtension[extension];
  if (known) return known;
  const type = await packageType(dirname(path));
  if (type === 'module') return 'module';
  const isJavaScript = extension === '.js' || extension === '.jsx' || extension === '';
  return type === undefined && isJavaScript && syntax === 'esm' ? 'module' : 'commonjs';
}

/** `type` of the nearest package.json. */
async function packageType(folder: string): Promise<unknown> {
  try {
    const text = await readFile(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { type?: unknown }).type;
  } catch {
    const above = dirname(folder);
    return above === folder ? undefined : packageType(above);
  }
}
