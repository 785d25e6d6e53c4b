import { pathToFileURL } from 'node:url';
import { ownPlaces } from '../plugin-module.js';
import { isWithin, pathOfUrl, relativePath } from '../../core/paths.js';

type Places = typeof ownPlaces;

/**
 * Removes the folder of the liveswap installation from the comments that name modules in an artifact's code.
 *
 * @param folder is the folder to which the paths in the comments are relative.
 */
export function nameOwnModules(code: string, folder: string, places: Places = ownPlaces): string {
  return places.reduce(
    (rest, [place, name]) => rest.replaceAll(`// ${relativePath(folder, place)}/`, `// ${name}`),
    code,
  );
}

/**
 * Returns the source map with names for liveswap's own modules. Nobody debugs them in a plugin, so debuggers are told to skip
 * them, and their text is left out. The texts of packages are left out as well, because they would make up most of the map and
 * are in `node_modules`.
 *
 * @param outDir is the folder to which the sources are relative.
 */
export function nameOwnSources(text: string, outDir: string, places: Places = ownPlaces): string {
  const map = JSON.parse(text) as { sources: string[]; sourcesContent: (string | null)[] };
  const base = `${pathToFileURL(outDir).href}/`;
  const sources = map.sources.map((source) => ownName(new URL(source, base), places) ?? source);
  const own = sources.flatMap((source, index) => (/^liveswap[\w-]*:/.test(source) ? [index] : []));
  const sourcesContent = map.sourcesContent.map((content, index) =>
    own.includes(index) ? '// Part of liveswap.' : isInPackage(sources[index]) ? null : content,
  );
  return JSON.stringify({ ...map, sources, sourcesContent, ignoreList: own });
}

/**
 * Returns the name of a module of liveswap. Sources are URLs, in which a space or a non-ASCII letter may be written in several
 * ways.
 */
function ownName(source: URL, places: Places): string | undefined {
  const file = pathOfUrl(source);
  if (file === undefined) return undefined;
  const [place, name] = places.find(([folder]) => isWithin(file, folder)) ?? [];
  return place !== undefined && name !== undefined ? `${name}${relativePath(place, file)}` : undefined;
}

function isInPackage(source = ''): boolean {
  return /(^|\/)node_modules\//.test(source);
}
