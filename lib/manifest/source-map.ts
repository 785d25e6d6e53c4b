import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { base64Slices } from './base64-slices.js';

const SOURCE_MAP = '//# sourceMappingURL=';
const INLINE_MAP = `${SOURCE_MAP}data:application/json;base64,`;

/** Code of at most this many bytes is copied to save a write. */
const SMALL = 1 << 18;

/** Code without its source map, and the map for a separate file: each as a list of pieces to write in order. */
export interface SplitCode {
  readonly code: readonly Buffer[];
  readonly map: Iterable<Buffer> | undefined;
}

/**
 * Extracts the source map of an artifact into a file beside the copy, so that a thread does not have to read it at startup.
 * Source paths are relative to the artifact's folder; the copy is elsewhere, so the map needs a source root.
 */
export function splitSourceMap(bytes: Buffer, folder: string, file: string): SplitCode {
  const start = bytes.lastIndexOf(INLINE_MAP);
  if (start < 0) return { code: [bytes], map: undefined };
  const link = Buffer.from(`${SOURCE_MAP}${basename(mapFileOf(file))}\n`);
  const code = [bytes.subarray(0, start), link];
  return {
    // Each piece is a write of its own: code of usual size is written at once.
    code: start <= SMALL ? [Buffer.concat(code)] : code,
    map: rootedMap(bytes, start + INLINE_MAP.length, folder),
  };
}

/** Returns the path of the source map file beside a copy. */
export function mapFileOf(file: string): string {
  return `${file}.map`;
}

function* rootedMap(bytes: Buffer, start: number, folder: string): Generator<Buffer> {
  const root = JSON.stringify(`${pathToFileURL(folder).href}/`);
  const head = Buffer.from(`{"sourceRoot":${root},`);
  let isFirst = true;
  for (const slice of base64Slices(bytes, start)) {
    yield isFirst ? Buffer.concat([head, slice.subarray(slice.indexOf('{') + 1)]) : slice;
    isFirst = false;
  }
}
