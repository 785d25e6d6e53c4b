import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { diskRemedy } from '../core/disk-remedy.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { isObject } from '../core/is-object.js';
import { hashesOf, hashOf } from './hash.js';
import { MANIFEST_FORMAT, type Manifest } from './manifest.js';
import { readRegularFile } from './read-regular-file.js';

/** Suffix of every artifact's file name. */
export const ARTIFACT_SUFFIX = '.plugin.mjs';

const HEAD = '//! liveswap ';
const NEWLINE = 0x0a;

/** An artifact that was read and verified to be complete. */
export interface Artifact {
  readonly manifest: Manifest;
  /** SHA-256 of all its bytes, in hexadecimal. */
  readonly hash: string;
  readonly bytes: Buffer;
  readonly file: string;
  /** Permission bits of the file; `undefined` when it was not read from one. */
  readonly mode?: number;
  /** Text that differs once the file was written again; `undefined` when nothing would tell. */
  readonly mark?: string | undefined;
}

/** Facts of a manifest that do not follow from the artifact's bytes. */
type Facts = Omit<Manifest, 'format' | 'bodyHash'>;

/** Composes the bytes of an artifact: the manifest in the first line, the code after it. */
export function composeArtifact(facts: Facts, body: Buffer): Buffer {
  return withBody(facts, body).bytes;
}

/**
 * Makes the artifact that is to be written to `file`.
 *
 * @throws LiveswapError `ARTIFACT_INVALID` when no folder could have the plugin's name on every system.
 */
export function makeArtifact(facts: Facts, body: Buffer, file: string): Artifact {
  checkName(facts.name, file);
  const { manifest, bytes } = withBody(facts, body);
  return { manifest, hash: hashOf(bytes), bytes, file };
}

function withBody(facts: Facts, body: Buffer): Pick<Artifact, 'manifest' | 'bytes'> {
  const manifest: Manifest = { format: MANIFEST_FORMAT, ...facts, bodyHash: hashOf(body) };
  return { manifest, bytes: Buffer.concat([Buffer.from(`${HEAD}${JSON.stringify(manifest)}\n`), body]) };
}

/**
 * Reads the manifest of an artifact and checks that no part of the file is missing or altered.
 *
 * @param file path for error messages.
 * @throws LiveswapError `ARTIFACT_INVALID` when the bytes are not a complete artifact, `ARTIFACT_FORMAT` when another liveswap
 * made it.
 */
export function parseArtifact(bytes: Buffer, file: string): Artifact {
  const { manifest, end } = parseHead(bytes, file);
  checkBody(hashOf(bytes.subarray(end)), manifest, file);
  return { manifest, hash: hashOf(bytes), bytes, file };
}

/**
 * Reads an artifact from disk without blocking the event loop, however large it is.
 *
 * @param known the artifact that was read earlier from this file; it is returned when the file has not been written since.
 * @throws LiveswapError `ARTIFACT_UNREADABLE` when the file cannot be read, `ARTIFACT_INVALID` when it is not a complete
 * artifact, `ARTIFACT_FORMAT` when another liveswap made it.
 */
export async function readArtifact(file: string, known?: Artifact): Promise<Artifact> {
  const content = await readRegularFile(file, known?.mark).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  if (!content) return known as Artifact;
  const { bytes, mode, mark } = content;
  const { manifest, end } = parseHead(bytes, file);
  const [hash, bodyHash] = await hashesOf(bytes, end);
  checkBody(bodyHash, manifest, file);
  return { manifest, hash, bytes, file, mode, mark };
}

/** Creates the error for an artifact, or a folder of them, that could not be read because of `cause`. */
export function unreadable(file: string, cause: unknown): LiveswapError {
  const { code } = cause as NodeJS.ErrnoException;
  const remedy = code === 'EACCES' || code === 'EPERM' ? 'let this process read it' : diskRemedy(cause);
  const message = `Cannot read the artifact ${file}: ${messageOf(cause)}${remedy === undefined ? '' : `; ${remedy}`}.`;
  return new LiveswapError('ARTIFACT_UNREADABLE', message, { cause, file });
}

/** Returns true when a file of this name is an artifact; files still being written are dot-files and do not count. */
export function isArtifactName(name: string): boolean {
  return name.endsWith(ARTIFACT_SUFFIX) && !name.startsWith('.');
}

/** Resolves to the names of the artifacts in a folder, sorted. */
export async function artifactNamesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(isArtifactName).sort();
}

/** Works like {@link artifactNamesIn}. @throws LiveswapError `ARTIFACT_UNREADABLE` when the folder cannot be read */
export async function readableArtifactNamesIn(folder: string): Promise<string[]> {
  return artifactNamesIn(folder).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
}

/** Returns the file name of the artifact that the build writes for a plugin. */
export function artifactFileName(plugin: string): string {
  return `${plugin}${ARTIFACT_SUFFIX}`;
}

/** Returns the manifest, and the offset at which the body begins. */
function parseHead(bytes: Buffer, file: string): { readonly manifest: Manifest; readonly end: number } {
  const end = bytes.indexOf(NEWLINE);
  const head = bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
  if (!head.startsWith(HEAD)) {
    throw invalid(file, bytes.length === 0 ? 'it is empty' : 'it was not made by `liveswap build`');
  }
  if (end < 0) throw invalid(file, 'it ends within its first line: it was not written to the end');
  return { manifest: parseManifest(head.slice(HEAD.length), file), end: end + 1 };
}

function checkBody(hash: string, { bodyHash }: Manifest, file: string): void {
  if (hash === bodyHash) return;
  throw invalid(file, 'its code does not match its manifest: it is truncated or was changed after the build');
}

function parseManifest(json: string, file: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw invalid(file, 'its first line is not a manifest', cause);
  }
  const format = isObject(value) ? (value as Partial<Manifest>).format : undefined;
  if (typeof format !== 'number') throw invalid(file, 'its first line is not a manifest');
  if (format !== MANIFEST_FORMAT) {
    const maker = format < MANIFEST_FORMAT ? 'an older' : 'a newer';
    throw new LiveswapError(
      'ARTIFACT_FORMAT',
      `Cannot use ${basename(file)}: ${maker} liveswap made it, in format ${format}, and this one reads format ${MANIFEST_FORMAT}; build again with the liveswap that runs it (${file}).`,
      { file, format, expected: MANIFEST_FORMAT },
    );
  }
  const manifest = value as Manifest;
  if (!isManifest(manifest)) throw invalid(file, 'its manifest lacks fields');
  checkName(manifest.name, file);
  return manifest;
}

function isManifest(value: Partial<Manifest>): boolean {
  return (
    typeof value.name === 'string' &&
    value.name !== '' &&
    typeof value.bodyHash === 'string' &&
    [value.liveFunctions, value.liveTypes, value.imports].every(Array.isArray)
  );
}

/** Refuses a name that is not one path segment on every system, because a plugin is named after its folder. */
function checkName(name: string, file: string): void {
  if (!/[/\\:\p{Cc}]/u.test(name) && name !== '.' && name !== '..') return;
  throw invalid(file, `${JSON.stringify(name)} cannot be the name of a plugin: no folder can have this name`);
}

function invalid(file: string, why: string, cause?: unknown): LiveswapError {
  return new LiveswapError(
    'ARTIFACT_INVALID',
    `Cannot use ${basename(file)} as an artifact: ${why}; build it again (${file}).`,
    { file, cause },
  );
}
