import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { BuildSession, findingsOf } from '../compiler/index.js';
import { findPlugins } from '../compiler/plugin-folders.js';
import { buildFailed } from '../compiler/diagnostics/build-failed.js';
import { cacheFolder } from '../core/cache-folder.js';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { checkArgument } from '../core/check-argument.js';
import { checkPath } from '../core/check-path.js';
import { isFunction } from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';
import { isWithin, relativePath } from '../core/paths.js';

/** Folder in which the plugins of a test are built: the sources stay as they are, whatever the test edits. */
export class Workplace {
  /** Absolute path of the folder that the artifacts are in. */
  readonly outDir: string;
  readonly #original: string;
  readonly #sources: string;
  readonly #session: BuildSession | undefined;

  private constructor(original: string, sources: string, outDir: string, folders: readonly string[]) {
    this.#original = original;
    this.#sources = sources;
    this.outDir = outDir;
    // If every plugin is mocked, nothing is built.
    if (folders.length > 0)
      this.#session = new BuildSession({ sources: folders, outDir, typecheck: false, rules: false });
  }

  /**
   * @param choose picks the plugins that are built, by their names.
   * @param isEditable whether a copy of the sources is built, which may be edited.
   * @throws LiveswapError `NO_PLUGINS`, and what `choose` throws
   */
  static async open(
    sources: string,
    choose: (names: readonly string[]) => readonly string[],
    isEditable: boolean,
  ): Promise<Workplace> {
    const original = resolve(sources);
    const plugins = await findPlugins([original]);
    const names = choose(plugins.map(({ name }) => name));
    const chosen = plugins.filter(({ name }) => names.includes(name));
    const folder = isEditable ? await copyOf(original) : original;
    const outDir = join(await cacheFolder(folder), `testing-${randomUUID()}`);
    await mkdir(outDir, { recursive: true });
    const folders = chosen.map((plugin) => join(folder, relativePath(original, plugin.folder)));
    return new Workplace(original, folder, outDir, folders);
  }

  /** Builds what has changed. @throws LiveswapError `BUILD_FAILED` */
  async build(changed: readonly string[] = []): Promise<void> {
    const findings = findingsOf((await this.#session?.rebuild(changed)) ?? []);
    if (findings.length > 0) throw buildFailed(findings);
  }

  /**
   * Edits a source of an editable workplace. Returns the path of what was edited.
   *
   * @param path relative to the plugin folder.
   */
  async edit(path: string, change: (text: string) => string): Promise<string> {
    checkPath(path, 'path', 'the source');
    checkArgument('change', change, ['a function', isFunction]);
    const file = resolve(this.#sources, path);
    if (!isWithin(file, this.#sources) || isAbsolute(path))
      throw new LiveswapError('OPTION_INVALID', `Cannot edit ${path}: it is outside of ${this.#original}.`, {
        path,
      });
    const before = await readFile(file, 'utf8').catch(() => '');
    const after = change(before);
    checkArgument('change', after, [
      'a function that returns the new text',
      (value) => typeof value === 'string',
    ]);
    await writeFile(file, after);
    return file;
  }

  async close(): Promise<void> {
    await this.#session?.close();
    await removeDespiteReaders(this.outDir);
    if (this.#sources !== this.#original) await removeDespiteReaders(this.#sources);
  }
}

/** Copies the sources to a folder beside the original, so that relative imports of files outside still resolve. */
async function copyOf(folder: string): Promise<string> {
  const copy = join(dirname(folder), `.${basename(folder)}-${randomUUID().slice(0, 8)}`);
  await cp(folder, copy, { recursive: true });
  return copy;
}
