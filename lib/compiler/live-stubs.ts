import type { Manifest } from '../manifest/manifest.js';
import { hashOf } from '../manifest/hash.js';
import { declarationMap, readDeclarationMap } from './live-types/declaration-map.js';
import { manifestStubs, type PluginStubs } from './live-types/plugin-stubs.js';
import type { Mapping } from './live-types/position-marks.js';
import { spaceName } from './live-types/space-name.js';
import { STUBS_FILE, STUBS_HEAD } from './stubs-file.js';

/**
 * Returns the text of `live.d.ts`, with its source map. It declares the live symbols of all plugins and `LiveFunctions`, and
 * makes `swapper.call('live_x')` typed wherever it is part of the program. Plugins of this build are in `fresh`; the parts of
 * other plugins are reused from the existing file as long as their artifacts are unchanged.
 */
export function liveStubs(
  manifests: readonly Manifest[],
  fresh: ReadonlyMap<string, PluginStubs>,
  earlier = '',
): string {
  const known = regionsIn(earlier);
  const regions = manifests
    .filter(({ liveFunctions, liveTypes }) => liveFunctions.length + liveTypes.length > 0)
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map((manifest) => {
      const title = titleOf(manifest);
      const stubs = fresh.get(manifest.name) ?? known.get(title) ?? manifestStubs(manifest);
      return { title, space: spaceName(manifest.name), stubs };
    });
  const spaces = regions.map(({ space }) => space);
  const usesNode = regions.some(({ stubs }) => stubs.usesNode);
  let text = `${STUBS_HEAD}\n${usesNode ? `/// <reference types="node" />\n` : ''}\n${commonText(spaces)}`;
  const mappings: Mapping[] = [];
  for (const { title, stubs } of regions) {
    text += `\n${regionStart(title, stubs)}\n`;
    const line = text.split('\n').length - 1;
    mappings.push(...stubs.mappings.map((mapping) => ({ ...mapping, line: mapping.line + line })));
    text += `${stubs.text}${REGION_END}\n`;
  }
  // The map is inline, so that no reader ever sees the text without its map.
  const map = Buffer.from(declarationMap(STUBS_FILE, mappings)).toString('base64');
  return `${text}\n${MAP_URL}${map}\n`;
}

function commonText(spaces: readonly string[]): string {
  const all = (part: string): string =>
    spaces.length > 0 ? ` extends ${spaces.map((space) => `${space}.${part}`).join(', ')}` : '';
  return `/** The live functions of the plugins in this folder. */
export interface LiveFunctions${all('Functions')} {}

declare module 'liveswap' {
  interface LiveFunctions${all('Functions')} {}
  interface LiveTypes${all('Types')} {}
  interface LiveOverloads${all('Overloads')} {}
}
`;
}

/** Returns a plugin's name with a digest of the live symbols in its manifest. */
function titleOf({ name, liveFunctions, liveTypes, types }: Manifest): string {
  const functions = liveFunctions.map(({ name: one, shape, idempotent }) => [one, shape, idempotent]);
  const classes = liveTypes.map(({ name: one, fields }) => [one, fields]);
  return `${name} ${hashOf(JSON.stringify([functions, classes, types])).slice(0, 8)}`;
}

const REGION_START = '// #region ';
const REGION_END = '// #endregion';
const NODE = ', with types of Node';
const MAP_URL = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

function regionStart(title: string, { usesNode }: PluginStubs): string {
  return `${REGION_START}${title}${usesNode ? NODE : ''}`;
}

/** Returns the plugins in a file, by title. */
function regionsIn(text: string): ReadonlyMap<string, PluginStubs> {
  const regions = new Map<string, PluginStubs>();
  if (!text.startsWith(STUBS_HEAD)) return regions;
  const lines = text.split('\n');
  const map = lines.findLast((line) => line.startsWith(MAP_URL))?.slice(MAP_URL.length);
  const mappings = map === undefined ? [] : readMap(map, lines.length);
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith(REGION_START)) continue;
    const end = lines.indexOf(REGION_END, at);
    const usesNode = line.endsWith(NODE);
    regions.set(line.slice(REGION_START.length, usesNode ? -NODE.length : undefined), {
      text: `${lines.slice(at + 1, end).join('\n')}\n`,
      mappings: mappings
        .filter((one) => one.line > at && one.line < end)
        .map((one) => ({ ...one, line: one.line - at - 1 })),
      usesNode,
    });
  }
  return regions;
}

/** Reads a map; a truncated one is ignored. */
function readMap(base64: string, lineCount: number): Mapping[] {
  try {
    return readDeclarationMap(Buffer.from(base64, 'base64').toString(), lineCount);
  } catch {
    return [];
  }
}
