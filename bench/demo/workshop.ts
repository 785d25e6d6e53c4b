import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildAnswer, BuildQuestion } from './builder.js';
import { HelperProcess } from './helper-process.js';

/** The demo's plugin, as it is in the repository. */
const ORIGINAL = fileURLToPath(new URL('../../../bench/demo/plugins', import.meta.url));

const GREETINGS = [
  'Who goes there?',
  'Halt, friend!',
  'Hail, traveller.',
  'The gate stands open.',
  'Well met.',
  'Pass, and be welcome.',
];

/** A copy of the plugin in a temporary folder, where its source is edited and built, apart from the running server. */
export class Workshop {
  readonly outDir: string;
  readonly #folder: string;
  readonly #builder = new HelperProcess<BuildQuestion, BuildAnswer>('builder.js', { polite: true });

  constructor(folder: string) {
    this.#folder = folder;
    this.outDir = join(folder, 'artifacts');
  }

  static async open(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'liveswap-demo-'));
    await cp(ORIGINAL, join(folder, 'plugins'), { recursive: true });
    return new Workshop(folder);
  }

  /** Edits the source file, so that it states `version`. */
  async edit(version: number): Promise<string> {
    const file = join(this.#folder, 'plugins/guardian/gate.ts');
    const source = await readFile(file, 'utf8');
    const greeting = GREETINGS[(version - 1) % GREETINGS.length];
    const edited = source
      .replace(/VERSION = \d+/, `VERSION = ${version}`)
      .replace(/GREETING = '.*'/, `GREETING = '${greeting}'`);
    await writeFile(file, edited);
    return file;
  }

  /** Builds the edited files; resolves to the milliseconds that this took. */
  async build(...changed: string[]): Promise<number> {
    const source = join(this.#folder, 'plugins/guardian');
    const { ms, findings } = await this.#builder.ask({ source, outDir: this.outDir, changed });
    if (findings.length > 0) throw new Error(`The plugin does not build: ${findings.join('; ')}`);
    return ms;
  }

  async close(): Promise<void> {
    this.#builder.end();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
