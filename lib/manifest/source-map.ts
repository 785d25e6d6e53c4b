import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

const SOURCE_MAP = '//# sourceMappingURL=';
const INLINE_MAP = `${SOURCE_MAP}data:application/json;base64,`;

/** Code without its source map, and the map for a file of its own. */
export interface SplitCode {
  readonly code: Buffer;
  readonly map: string | undefined;
}

/**
 * Takes the source map out of an artifact, for a file of its own beside the copy: a thread does not have to read it to start.
 * The sources are named relative to the artifact's folder; its copy is elsewhere, so there they need a root.
 */
export function splitSourceMap(bytes: Buffer, folder: string, file: string): SplitCode {
  const start = bytes.lastIndexOf(INLINE_MAP);
  if (start < 0) return { code: bytes, map: undefined };
  const map = Buffer.from(bytes.toString('latin1', start + INLINE_MAP.length), 'base64').toString();
  const root = JSON.stringify(`${pathToFileURL(folder).href}/`);
  const link = Buffer.from(`${SOURCE_MAP}${basename(mapFileOf(file))}\n`);
  return {
    code: Buffer.concat([bytes.subarray(0, start), link]),
    map: `{"sourceRoot":${root},${map.slice(map.indexOf('{') + 1)}`,
  };
}

/** The file beside a copy that holds its source map. */
export function mapFileOf(file: string): string {
  return `${file}.map`;
}
