import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { artifactFileName, composeArtifact, parseArtifact } from '../manifest/artifact.js';
import type { Manifest } from '../manifest/manifest.js';
import { writeAtomically } from '../manifest/write-atomically.js';
import { Bundler } from './bundle.js';
import { pluginFacts } from './collect/plugin-facts.js';
import { findLiveSymbols } from './collect/live-symbols.js';
import { entrySource } from './entry.js';
import { resolveOptions, type BuildOptions, type BuildStep, type ResolvedOptions } from './options.js';
import { findPlugins, type PluginFolder } from './plugin-folders.js';
import { Program, tsconfigOf } from './program.js';
import type { Finding, PluginSources } from './rule.js';
import { rules, RULES_VERSION } from './rules/index.js';
import { runRules } from './run-rules.js';
import { typeFindings } from './type-check.js';

/** Milliseconds each step took. */
export type StepTimes = Readonly<Partial<Record<BuildStep, number>>>;

/** An artifact on disk. */
export interface BuiltArtifact {
  readonly file: string;
  readonly hash: string;
  readonly manifest: Manifest;
}

/** What came of one plugin. */
export interface PluginReport {
  readonly name: string;
  readonly folder: string;
  readonly findings: readonly Finding[];
  readonly times: StepTimes;
  /** Missing when there are findings: the artifact of an earlier build, if any, is left as it was. */
  readonly artifact?: BuiltArtifact;
}

/** Builds plugins, and keeps what it parsed for the next time. */
export class BuildSession {
  readonly #options: ResolvedOptions;
  readonly #programs = new Map<string | undefined, Program>();
  readonly #bundlers = new Map<string, Bundler>();

  constructor(options: BuildOptions) {
    this.#options = resolveOptions(options);
  }

  async build(): Promise<PluginReport[]> {
    const folders = await findPlugins(this.#options.sources);
    await mkdir(this.#options.outDir, { recursive: true });
    const reports: PluginReport[] = [];
    for (const folder of folders) reports.push(await this.#buildPlugin(folder, folders));
    return reports;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#bundlers.values()].map((bundler) => bundler.dispose()));
  }

  async #buildPlugin(plugin: PluginFolder, all: readonly PluginFolder[]): Promise<PluginReport> {
    const { name, folder } = plugin;
    const times: Partial<Record<BuildStep, number>> = {};
    const step = async <T>(step: BuildStep, run: () => T | Promise<T>): Promise<T> => {
      this.#options.signal?.throwIfAborted();
      this.#options.onProgress?.({ step, plugin: name });
      const start = performance.now();
      const result = await run();
      times[step] = performance.now() - start;
      return result;
    };
    const sources = this.#sourcesOf(plugin, all);
    const live = await step('collect', () => findLiveSymbols(sources.files, sources.livePrefix));
    const bundling = this.#bundlerOf(plugin).bundle(entrySource(plugin, live));
    const found = this.#options.typecheck ? await step('types', () => typeFindings(sources)) : [];
    if (this.#options.rules) found.push(...(await step('rules', () => runRules(sources, rules))));
    const { facts, findings: unknownImports } = pluginFacts(sources, live);
    found.push(...unknownImports);
    const bundle = await step('bundle', () => bundling);
    if (found.length === 0 && bundle.state === 'refused') found.push(...bundle.findings);
    if (found.length > 0 || bundle.state === 'refused') return { name, folder, findings: found, times };
    const artifact = await step('write', () =>
      this.#write(
        name,
        composeArtifact({ name, rules: this.#options.rules ? RULES_VERSION : 0, ...facts }, bundle.body),
      ),
    );
    return { name, folder, findings: [], times, artifact };
  }

  #sourcesOf(plugin: PluginFolder, all: readonly PluginFolder[]): PluginSources {
    const tsconfig = tsconfigOf(plugin.folder);
    const program = this.#programs.get(tsconfig) ?? new Program(tsconfig, plugin.folder);
    this.#programs.set(tsconfig, program);
    const files = program.add(plugin.files).filter((file) => !file.isDeclarationFile());
    const root = files[0]?.getFilePath() === join(plugin.folder, 'index.ts') ? files[0] : undefined;
    return {
      name: plugin.name,
      folder: plugin.folder,
      files,
      root,
      project: program.project,
      otherPlugins: new Map(
        all.filter((other) => other !== plugin).map(({ name, folder }) => [name, folder]),
      ),
      livePrefix: this.#options.livePrefix,
    };
  }

  #bundlerOf(plugin: PluginFolder): Bundler {
    const bundler = this.#bundlers.get(plugin.folder) ?? new Bundler(plugin, this.#options);
    this.#bundlers.set(plugin.folder, bundler);
    return bundler;
  }

  async #write(name: string, bytes: Buffer): Promise<BuiltArtifact> {
    const file = resolve(this.#options.outDir, artifactFileName(name));
    const { manifest, hash } = parseArtifact(bytes, file);
    const before = await readFile(file).catch(() => undefined);
    if (!before?.equals(bytes)) await writeAtomically(file, bytes);
    return { file, hash, manifest };
  }
}
