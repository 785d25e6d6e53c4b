import { readFile } from 'node:fs/promises';

/** Something that the package exports, by condition or whatever the condition. */
type Target = string | { readonly types: string };

/** Names of the package's entry points, such as `liveswap/http`, each with the file of its types, from the repository's root. */
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
