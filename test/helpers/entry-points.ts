import { readFile } from 'node:fs/promises';

/** The target of one of the package's exports: one for all conditions, or one for each. */
type Target = string | { readonly types: string };

/** Resolves to the package's entry points, such as `liveswap/http`, each with the path of its types in the repository. */
export async function entryPoints(): Promise<[entry: string, types: string][]> {
  const { exports } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    exports: Record<string, Target>;
  };
  return Object.entries(exports)
    .map(([entry, target]): [string, string] => [
      entry.replace('.', 'liveswap'),
      typeof target === 'string' ? target.replace(/\.js$/, '.d.ts') : target.types,
    ])
    .filter(([, types]) => types.endsWith('.d.ts'));
}
