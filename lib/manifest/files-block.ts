import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { promisify } from 'node:util';
import { base64Slices } from './base64-slices.js';

/** A file that travels inside an artifact. */
export interface CarriedFile {
  /** Path below the folder created for the files, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Time of its last change, in milliseconds; where it is given, the file laid out bears it. */
  readonly changedAt?: number | undefined;
}

/** A file that was laid out: its path on the disk, and its size in bytes. */
export interface WrittenFile {
  readonly path: string;
  readonly size: number;
}

/** An artifact split into its code and the files it carries. */
export interface SplitArtifact {
  /** The artifact up to the block. */
  readonly code: Buffer;
  /** The block, still packed; `undefined` when the artifact carries no files. */
  readonly block: Buffer | undefined;
}

const PREFIX = '//# liveswapFiles=';
const NEWLINE = 0x0a;
/** Compression quality: fast enough for a build on each save, with output a quarter larger than the best. */
const QUALITY = 5;

/**
 * Packs files into the block at the end of an artifact: a one-line comment, so that the artifact remains a module. Equal files
 * produce an equal block.
 */
export async function packFiles(files: readonly CarriedFile[]): Promise<string> {
  const index = files.map(({ path, bytes, changedAt }) => [path, bytes.byteLength, changedAt]);
  const { brotliCompress, constants } = process.getBuiltinModule('node:zlib');
  const packed = await promisify(brotliCompress)(
    Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...files.map(({ bytes }) => bytes)]),
    { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } },
  );
  return `${PREFIX}${packed.toString('base64')}\n`;
}

/** Splits the block off the end of an artifact. */
export function splitFiles(bytes: Buffer): SplitArtifact {
  const start = bytes.lastIndexOf(NEWLINE, bytes.length - 2) + 1;
  if (bytes.toString('latin1', start, start + PREFIX.length) !== PREFIX)
    return { code: bytes, block: undefined };
  return {
    code: bytes.subarray(0, start),
    block: bytes.subarray(start + PREFIX.length),
  };
}

/** Unpacks a block. */
export async function unpackFiles(block: Buffer): Promise<CarriedFile[]> {
  const packed: Buffer[] = [];
  for (const slice of base64Slices(block, 0)) {
    packed.push(slice);
    await turnEnd();
  }
  // Most artifacts carry no files, and loading the module takes 1 to 5 ms.
  const { brotliDecompress } = process.getBuiltinModule('node:zlib');
  const content = await promisify(brotliDecompress)(Buffer.concat(packed));
  const end = content.indexOf(NEWLINE);
  const index = JSON.parse(content.toString('utf8', 0, end)) as [
    path: string,
    size: number,
    changedAt?: number | null,
  ][];
  let from = end + 1;
  return index.map(([path, size, changedAt]) => {
    const bytes = content.subarray(from, from + size);
    from += size;
    return { path, bytes, changedAt: changedAt ?? undefined };
  });
}

/**
 * Writes the files of a block below `folder`, with the artifact's read permissions: `mode`. Resolves to them, with those that are
 * `whole`, which stay as they are.
 *
 * @throws Error when a path leads out of the folder: no build writes such a block.
 */
export async function layOutFiles(
  block: Buffer,
  folder: string,
  mode = 0o666,
  whole: ReadonlySet<string> = new Set(),
): Promise<WrittenFile[]> {
  const files = await unpackFiles(block);
  const outside = files.find(({ path }) => !isInside(path));
  if (outside) throw new Error(`the artifact carries ${outside.path}, which is outside of its own folder`);
  const folders = new Set(files.map(({ path }) => dirname(join(folder, path))));
  await Promise.all(Array.from(folders, (path) => mkdir(path, { recursive: true })));
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file.path);
      if (!whole.has(path)) await layOut(file, path, mode);
      return { path, size: file.bytes.byteLength };
    }),
  );
}

async function layOut({ bytes, changedAt }: CarriedFile, path: string, mode: number): Promise<void> {
  await writeFile(path, bytes, { mode });
  if (changedAt !== undefined) await utimes(path, new Date(), new Date(changedAt));
}

function isInside(path: string): boolean {
  return (
    path !== '' && !/[\\:\0]/.test(path) && path.split('/').every((part) => part !== '' && !isDots(part))
  );
}

function isDots(part: string): boolean {
  return part === '.' || part === '..';
}
