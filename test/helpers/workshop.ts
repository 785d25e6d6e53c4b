import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { BuildSession, type PluginReport } from '../../lib/compiler/index.js';
import { tempFolder } from './temp-folder.js';
import { writePlugins, type Files } from './write-plugins.js';

/** Plugin sources in a folder of their own, edited and built as a developer does; removed when the running test is over. */
export class Workshop {
  /** Folder of the artifacts. */
  readonly outDir: string;
  readonly #sources: string;
  readonly #session: BuildSession;
  readonly #changed = new Set<string>();

  constructor(folder: string) {
    this.outDir = join(folder, 'artifacts');
    this.#sources = join(folder, 'plugins');
    this.#session = new BuildSession({ sources: [this.#sources], outDir: this.outDir });
    onTestFinished(() => this.#session.close());
  }

  /** Writes plugins and builds them. */
  static async open(plugins: Readonly<Record<string, Files>>): Promise<Workshop> {
    const { workshop } = await Workshop.tried(plugins);
    return workshop;
  }

  /** Like {@link open}, but also resolves to the outcome of the build. */
  static async tried(
    plugins: Readonly<Record<string, Files>>,
  ): Promise<{ workshop: Workshop; reports: PluginReport[] }> {
    const workshop = new Workshop(await tempFolder());
    await writePlugins(workshop.#sources, plugins);
    return { workshop, reports: await workshop.build() };
  }

  /** Returns the absolute path of a source file: `guardian/gate.ts`. */
  source(path: string): string {
    return join(this.#sources, path);
  }

  /** Replaces a piece of a source file. */
  async edit(path: string, piece: string | RegExp, replacement: string): Promise<void> {
    const file = this.source(path);
    const text = await readFile(file, 'utf8');
    const edited = text.replace(piece, replacement);
    if (edited === text) throw new Error(`There is no ${piece} in ${path} to replace.`);
    await writeFile(file, edited);
    this.#changed.add(file);
  }

  /** Builds the plugins that were edited since the last build. */
  async build(): Promise<PluginReport[]> {
    const changed = [...this.#changed];
    this.#changed.clear();
    return this.#session.rebuild(changed);
  }
}
