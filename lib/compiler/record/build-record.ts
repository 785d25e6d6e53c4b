import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packageCache } from '../../core/cache-folder.js';
import { CLOCK_STEP_MS } from '../../core/file-mark.js';
import { isPackaged, isWithin } from '../../core/paths.js';
import { packageFile } from '../../core/package-files.js';
import { isPlugNPlay } from '../../core/plug-n-play.js';
import { artifactNamesIn } from '../../manifest/artifact.js';
import { hashOf } from '../../manifest/hash.js';
import { writeAtomically } from '../../manifest/write-atomically.js';
import { dependencyFiles } from '../dependency-files.js';
import type { BuildOptions, CheckOptions } from '../options.js';
import { findPlugins, type PluginFolder } from '../plugin-folders.js';
import type { PluginReport } from '../report.js';
import { STUBS_FILE } from '../stubs-file.js';
import { fingerprintOf } from './fingerprint.js';
import { allReads, withSurroundings, type Reads } from './reads.js';

/** Place of a record, and what it is about. */
interface Place {
  readonly file: string;
  readonly sources: readonly string[];
  readonly outDir: string | undefined;
  readonly tools: string;
}

/** The content of a record. */
interface Kept {
  /** What worked: versions, and this package's own files. */
  readonly tools: string;
  readonly plugins: readonly PluginFolder[];
  readonly reads: Readonly<Record<keyof Reads, readonly string[]>>;
  /** Fingerprints of what was read and of what was written. */
  readonly read: string;
  readonly written: string;
  readonly reports: readonly PluginReport[];
}

/** A session that tells what has decided its outcome, unless it has ended. */
interface Reading {
  reads(): Reads | undefined | Promise<Reads | undefined>;
}

/**
 * The outcome of the last build or check with the same options in the same folder, and the state of everything that decided it.
 * While all of that is as it was, another run would end in the same way, so the command need not load a compiler.
 */
export class BuildRecord {
  readonly #file: string;
  readonly #sources: readonly string[];
  readonly #outDir: string | undefined;
  readonly #tools: string;
  /** When the run began; 0 before. */
  #beganAt = 0;

  private constructor({ file, sources, outDir, tools }: Place) {
    this.#file = file;
    this.#sources = sources;
    this.#outDir = outDir === undefined ? undefined : resolve(outDir);
    this.#tools = tools;
  }

  /**
   * Resolves to the record for these options; to `undefined` when there can be none: there is no package to keep it in, or the
   * options ask for more than artifacts.
   */
  static async open(
    options: CheckOptions & Partial<BuildOptions>,
    cwd = process.cwd(),
  ): Promise<BuildRecord | undefined> {
    const { sources, outDir, adapters = [] } = options;
    const { unsaved, swapBeforeCheck, entryOnly, leaveTemps } = options;
    const isPlain = !unsaved && !swapBeforeCheck && !entryOnly && !leaveTemps && !options.static;
    if (!isPlain || adapters.length > 0 || isPlugNPlay) return undefined;
    const cache = await packageCache(cwd);
    const used = await tools().catch(() => undefined);
    if (cache === undefined || used === undefined) return undefined;
    const asked = JSON.stringify({ ...options, cwd }, (_key, value: unknown) =>
      value instanceof RegExp ? String(value) : value,
    );
    const file = join(cache, FOLDER, `${hashOf(asked).slice(0, 16)}.json`);
    return new BuildRecord({ file, sources, outDir, tools: used });
  }

  /** Resolves to the reports of the last run, artifacts as `unchanged`, if another run would give the same. */
  recall(): Promise<PluginReport[] | undefined> {
    // Whatever is wrong with the sources, the run itself tells better.
    return this.#recall().catch(() => undefined);
  }

  /** Waits until what was made just now, such as the cache and the folder of the artifacts, does not look changed during a run. */
  async begin(): Promise<void> {
    await delay(CLOCK_STEP_MS + 2);
    this.#beganAt = Date.now();
  }

  /**
   * Keeps the reports of the run since {@link begin}, unless a plugin was refused, or something it read may have changed meanwhile.
   */
  async keep(reports: readonly PluginReport[], session: Reading): Promise<void> {
    // A run that has done its work does not fail for want of a record.
    await this.#keep(reports, session).catch(() => this.#forget().catch(() => {}));
  }

  async #recall(): Promise<PluginReport[] | undefined> {
    const kept = await this.#read();
    if (!kept || kept.tools !== this.#tools) return undefined;
    const plugins = await findPlugins(this.#sources);
    if (JSON.stringify(plugins) !== JSON.stringify(kept.plugins)) return undefined;
    const isSame =
      this.#fingerprint(toReads(kept.reads)).text === kept.read && (await this.#written()) === kept.written;
    if (!isSame) return undefined;
    return kept.reports.map((report) =>
      'artifact' in report ? { ...report, state: 'unchanged', times: {} } : { ...report, times: {} },
    );
  }

  async #keep(reports: readonly PluginReport[], session: Reading): Promise<void> {
    if (reports.some(({ state }) => state === 'refused')) return this.#forget();
    const plugins = await findPlugins(this.#sources);
    const own = await session.reads();
    if (!own || carriesFromOutside(reports, own, plugins)) return this.#forget();
    const files = new Set(dependencyFiles(dirname(packageFile('liveswap/package.json'))));
    const reads = withSurroundings(allReads([own, { files }]));
    const { text, unchangedSince } = this.#fingerprint(reads);
    if (unchangedSince > this.#beganAt) return this.#forget();
    const kept: Kept = {
      tools: this.#tools,
      plugins,
      reads: { files: [...reads.files], folders: [...reads.folders], trees: [...reads.trees] },
      read: text,
      written: await this.#written(),
      reports,
    };
    await mkdir(dirname(this.#file), { recursive: true });
    await writeAtomically(this.#file, JSON.stringify(kept), { isCache: true });
    await removeOld(dirname(this.#file));
  }

  async #read(): Promise<Kept | undefined> {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8')) as Kept;
    } catch {
      return undefined;
    }
  }

  async #forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  #fingerprint(reads: Reads) {
    return fingerprintOf(reads, this.#outDir);
  }

  /** Resolves to the fingerprint of the folder of the artifacts: `live.d.ts` is about all of them. */
  async #written(): Promise<string> {
    const folder = this.#outDir;
    if (folder === undefined) return '';
    const names = [...(await artifactNamesIn(folder)), STUBS_FILE];
    const files = new Set(names.map((name) => join(folder, name)));
    return fingerprintOf({ files, folders: new Set([folder]), trees: new Set() }).text;
  }
}

/** Folder of the records within the cache of a package. */
const FOLDER = 'builds';
/** Records that nobody renewed for 30 days are removed. */
const OLD_MS = 30 * 24 * 3_600_000;

/** Returns whether artifacts may carry a whole folder of another place: what is added below it is not seen. */
function carriesFromOutside(
  reports: readonly PluginReport[],
  { files }: Reads,
  plugins: readonly PluginFolder[],
): boolean {
  const isOwn = (file: string): boolean => plugins.some(({ folder }) => isWithin(file, folder));
  const carries = reports.some(
    (report) => 'artifact' in report && report.artifact.manifest.filesAt !== undefined,
  );
  return carries && [...files].some((file) => !codeOrLock.test(file) && !isPackaged(file) && !isOwn(file));
}

const codeOrLock = /\.([cm]?[jt]sx?|json|ya?ml|lock|lockb)$/;

function toReads({ files, folders, trees }: Kept['reads']): Reads {
  return { files: new Set(files), folders: new Set(folders), trees: new Set(trees) };
}

/** Resolves to what tells that another Node or another liveswap is at work. */
async function tools(): Promise<string> {
  const compiled = join(dirname(packageFile('liveswap/package.json')), 'dist');
  const marks = await Promise.all(['entries', 'plugin-modules'].map((name) => marksIn(join(compiled, name))));
  const { version, platform, arch, env } = process;
  return hashOf([version, platform, arch, env['NODE_PATH'] ?? '', ...marks.flat()].join('\n'));
}

async function marksIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return Promise.all(
    names.sort().map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      return [name, size, mtimeMs].join();
    }),
  );
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > OLD_MS) await rm(file, { force: true });
  }
}
