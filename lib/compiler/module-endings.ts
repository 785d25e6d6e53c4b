import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import type { Endings } from './collect/own-symbols.js';

const loaders: Readonly<Record<string, Loader>> = { '.tsx': 'tsx', '.jsx': 'jsx', '.js': 'js', '.mjs': 'js' };

/** Adds code to the end of modules as they are bundled: there everything that they declare is known by name. */
export function moduleEndings(endings: Endings): Plugin[] {
  if (endings.size === 0) return [];
  const byPath = new Map([...endings].map(([path, ending]) => [resolve(path), ending]));
  // esbuild asks for these alone: of the others it never waits for this process.
  const filter = new RegExp(`^(?:${[...byPath.keys()].map(escaped).join('|')})$`);
  return [
    {
      name: 'liveswap-endings',
      setup(build) {
        build.onLoad({ filter, namespace: 'file' }, async ({ path }) => {
          const ending = byPath.get(path);
          if (ending === undefined) return undefined;
          const contents = (await readFile(path, 'utf8')) + ending;
          return { contents, loader: loaders[extname(path)] ?? 'ts' };
        });
      },
    },
  ];
}

function escaped(path: string): string {
  return path.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
