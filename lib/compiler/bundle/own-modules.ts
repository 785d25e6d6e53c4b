import { pathToFileURL } from 'node:url';
import { ownPlaces } from '../plugin-module.js';
import { isWithin, pathOfUrl, relativePath } from '../../core/paths.js';

type Places = typeof ownPlaces;

/**
 * Removes the folder where liveswap is installed from the comments in an artifact's code that name its modules.
 *
 * @param folder what the paths in the comments are relative to.
 */
export function nameOwnModules(code: string, folder: string, places: Places = ownPlaces): string {
  return places.reduce(
    (rest, [place, name]) => rest.replaceAll(`// ${relativePath(folder, place)}/`, `// ${name}`),
    code,
  );
}

/**
 * Returns the source map with names for liveswap's own modules. Nobody debugs them in a plugin, so debuggers are told to pass
 * them by, and their text is left out. So are the texts of packages, which would make up most of the map: they are in
 * `node_modules`.
 *
 * @param outDir what the sources are relative to.
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
 * Returns the name of a module of liveswap. Sources are URLs: a space or a letter beyond ASCII may be written in several ways.
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
