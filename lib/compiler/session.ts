import { resolve } from 'node:path';
import { checkArgument } from '../core/check-argument.js';
import { isObject, type Check } from '../core/check-options.js';
import { removeDespiteReaders } from '../core/despite-readers.js';
import { absolutePath } from '../core/paths.js';
import { artifactFileName, artifactNamesIn } from '../manifest/artifact.js';
import { BuildAdapters } from './adapters/build-adapters.js';
import { ownSettings } from './dependency-files.js';
import { writeFolderFiles } from './folder-files.js';
import type { ExportedSymbol } from './collect/live-symbols.js';
import { LiveNames } from './live-names.js';
import { refuseNoProcesses } from './no-processes.js';
import { refusePlugNPlay } from './plug-n-play.js';
import { resolveOptions, type BuildOptions, type ResolvedOptions } from './options.js';
import type { Examination } from './examiner.js';
import type { OpenPlugin } from './open-plugin.js';
import { PluginBuild } from './plugin-build.js';
import { prepareOutFolder } from './out-folder.js';
import { findPlugins, findPluginsLeft, type PluginFolder } from './plugin-folders.js';
import { oldestTime } from './oldest-time.js';
import { Practice } from './practice.js';
import { Programs } from './programs.js';
import { readsOfConfigs } from './record/config-reads.js';
import { allReads, type Reads } from './record/reads.js';
import type { PluginReport } from './report.js';
import type { Finding } from './rule.js';

/** A text is iterable as well, letter by letter. */
const pathList: Check = ['a list of paths', (value) => isObject(value) && Symbol.iterator in value];

/**
 * Builds plugins and keeps parsed sources, so that the next build only checks changes.
 *
 * @example
 * const session = new BuildSession({ sources: ['plugins'], outDir: 'dist/plugins' });
 * await session.build();
 * await session.rebuild([changedFile]);
 * await session.close();
 */
export class BuildSession {
  readonly #options: ResolvedOptions;
  readonly #programs: Programs;
  readonly #builds = new Map<string, PluginBuild>();
  readonly #liveNames = new LiveNames();
  #adapters: BuildAdapters | undefined;
  #plugins: readonly PluginFolder[] = [];
  #unjudged: readonly Job[] = [];
  readonly #practice = new Practice();

  /** @throws LiveswapError `OPTION_INVALID`; `BUILD_FAILED` under Yarn's Plug'n'Play */
  constructor(options: BuildOptions) {
    this.#options = resolveOptions(options);
    refusePlugNPlay();
    this.#programs = new Programs(this.#options);
  }

  /**
   * Absolute paths of all files that the plugins were made of, including files outside their folders, every tsconfig.json, the
   * files that tell which packages are installed, and files that would be found in place of others, or of nothing, if they existed.
   */
  get inputs(): ReadonlySet<string> {
    const inputs = [...this.#builds.values()].flatMap(({ inputs }) => [...inputs]);
    const adapters = [
      ...this.#options.adapters.map((file) => resolve(file)),
      ...(this.#adapters?.own.inputs ?? []),
    ];
    const { configs, passedOver } = this.#programs;
    return new Set([...inputs, ...adapters, ...configs, ...passedOver, ...ownSettings(inputs)]);
  }

  /** @internal Returns what decided the outcome of the session's one build or check. */
  reads(): Reads {
    const { inputs } = this;
    return allReads([{ files: inputs }, this.#programs.reads, readsOfConfigs(inputs)]);
  }

  /** Builds plugins that are new or that the session knows to have changed. */
  build(): Promise<PluginReport[]> {
    return this.rebuild([]);
  }

  /**
   * Builds new plugins and those that any of these files is part of, and removes the artifact of a plugin whose folder is gone.
   * Only one call may run at a time.
   *
   * @param changed are the paths of files that were changed, added or deleted.
   * @returns a report for each existing plugin; plugins without changes are `unchanged`.
   * @throws LiveswapError `OPTION_INVALID`
   */
  async rebuild(changed: Iterable<string>): Promise<PluginReport[]> {
    const { entryOnly, leaveTemps, outDir, sources } = this.#options;
    refuseNoProcesses();
    await prepareOutFolder(outDir, sources);
    const { stale, gone } = await this.#look(changed, entryOnly ? 'sources' : 'bundles');
    const jobs = entryOnly ? [] : stale;
    for (const { build, opened } of jobs) await build.startBundle(opened);
    const examined = await this.#examine(jobs);
    const bundles = [];
    for (const { build, opened, examination } of examined) {
      bundles.push({ build, bundled: await build.bundle(opened, examination) });
    }
    const refused = bundles.flatMap(({ build, bundled }) =>
      bundled.state === 'refused' ? build.folder : [],
    );
    for (const { build, bundled } of bundles) {
      // What was checked against a plugin that is refused would run beside an earlier version of that plugin.
      const isHeld = bundled.state === 'bundled' && (await build.hold(refused));
      if (!isHeld) await build.emit(bundled);
    }
    if (this.#options.swapBeforeCheck) this.#unjudged = jobs;
    for (const { build } of entryOnly || leaveTemps ? stale : []) await build.writeEntry();
    // Remove artifacts last, so that a concurrent load never misses a renamed plugin.
    await this.#removeArtifacts(gone);
    if (jobs.length > 0 || gone.length > 0) {
      this.#options.onProgress?.({ step: 'stubs' });
      const stubs = [...this.#builds.values()].flatMap(({ name, stubs: own }) =>
        own ? [[name, own] as const] : [],
      );
      const built = this.#reports().flatMap((report) => ('artifact' in report ? [report.artifact] : []));
      await writeFolderFiles(outDir, this.#options.static, { built, stubs: new Map(stubs) });
    }
    return this.#reports();
  }

  /**
   * Checks types and rules of plugins that the last build wrote unchecked (`swapBeforeCheck`).
   *
   * @returns reports of plugins that would have been refused; their artifacts stay.
   */
  async judge(): Promise<PluginReport[]> {
    const jobs = this.#unjudged;
    this.#unjudged = [];
    const reports: PluginReport[] = [];
    for (const { build, opened } of jobs) {
      const report = build.report?.state === 'refused' ? undefined : await build.judge(opened);
      if (report) reports.push(report);
    }
    return reports;
  }

  /** @internal Makes the next builds quicker, until it has done so or is told to stop; writes and reports nothing. */
  async practise(signal: AbortSignal): Promise<void> {
    const adapters = this.#adapters;
    const isBuilt = this.#reports().every((report) => 'artifact' in report);
    if (!adapters || !isBuilt) return;
    const sources = { options: this.#options, programs: this.#programs, plugins: this.#plugins, adapters };
    await this.#practice.run(sources, signal);
  }

  /** Checks types and rules and writes nothing. @throws LiveswapError `OPTION_INVALID` */
  async check(changed: Iterable<string> = []): Promise<PluginReport[]> {
    const { stale } = await this.#look(changed, 'sources');
    for (const { build, examination } of await this.#examine(stale)) build.conclude(examination);
    return this.#reports();
  }

  /** Releases everything. */
  async close(): Promise<void> {
    await Promise.all([...this.#builds.values()].map((build) => build.close()));
    this.#builds.clear();
    this.#programs.close();
  }

  /** Finds the plugins, decides which must be checked again, and collects their live symbols. */
  async #look(
    changed: Iterable<string>,
    wanted: 'sources' | 'bundles',
  ): Promise<{ stale: Job[]; gone: PluginBuild[] }> {
    checkArgument('changed', changed, pathList);
    const paths = new Set([...changed].map((path) => absolutePath(path)));
    const find = this.#builds.size === 0 ? findPlugins : findPluginsLeft;
    const plugins = await find(this.#options.sources);
    this.#plugins = plugins;
    const adapters = this.#adaptersLeft(paths) ?? (await BuildAdapters.load(this.#options));
    const areOther = this.#adapters !== adapters;
    // Answers that rules remember depend on the previous adapters.
    if (areOther) this.#programs.close();
    const everything = this.#programs.refresh(paths, this.#missedOf(paths, plugins)) || areOther;
    this.#adapters = adapters;
    if (everything) await Promise.all(Array.from(this.#builds.values(), (build) => build.forgetPackages()));
    const gone = await this.#closeGone(plugins);
    const added = plugins.map(({ folder }) => folder).filter((folder) => !this.#builds.has(folder));
    const there = wanted === 'bundles' ? await artifactNamesIn(this.#options.outDir) : undefined;
    const builds = plugins
      .map((plugin) => ({ plugin, build: this.#buildOf(plugin) }))
      .filter(
        ({ plugin, build }) =>
          build.update(plugin, paths, added) || everything || (there && build.isGoneFrom(there)),
      )
      .map(({ build }) => build);
    if (wanted === 'bundles') {
      const oldestMs = await oldestTime(paths);
      for (const build of builds) {
        await build.forgetBackdated(oldestMs);
        await build.bundleAhead();
      }
    }
    // All files are added first, because each addition makes a new program.
    const opened = builds.map((build) => ({ build, opened: build.open(this.#programs, plugins, adapters) }));
    // Declared before the program is made, they need no second one, unless more is live than can be seen without types.
    if (opened.every(({ build }) => !build.report)) {
      const expected = new Map(
        opened.map(({ build, opened: plugin }) => [build, build.expectedLive(plugin)]),
      );
      this.#declareLive(opened, (build) => expected.get(build) ?? build.live);
    }
    for (const { build, opened: plugin } of opened) await build.collect(plugin);
    for (const { build, opened: plugin } of this.#declareLive(opened, ({ live }) => live))
      build.recollect(plugin);
    this.#programs.notePassedOver();
    this.#liveNames.update(this.#builds.values());
    const stale = opened.map((job) => ({ ...job, duplicates: this.#liveNames.duplicatesIn(job.build) }));
    return { stale, gone };
  }

  /** Examines plugins: once more when one has findings, and declarations have been written that nothing has needed before. */
  async #examine(jobs: readonly Job[]): Promise<ExaminedJob[]> {
    const examined: ExaminedJob[] = [];
    for (const job of jobs)
      examined.push({ ...job, examination: await job.build.examine(job.opened, job.duplicates) });
    const refused = examined.filter(({ examination }) => examination.findings.length > 0);
    const programs = new Set(refused.map(({ opened: { program } }) => program));
    if (!Array.from(programs, (program) => program.findDeclarations()).includes(true)) return examined;
    for (const { build, opened } of jobs) build.recollect(opened);
    return this.#examine(jobs);
  }

  /** Returns the adapters, unless one of them was changed. */
  #adaptersLeft(changed: ReadonlySet<string>): BuildAdapters | undefined {
    const isChanged = this.#adapters?.own.inputs.some((path) => changed.has(absolutePath(path)));
    if (isChanged) this.#adapters = undefined;
    return this.#adapters;
  }

  /** Declares, in each program, the live symbols of the program's plugins; returns the plugins whose program has changed. */
  #declareLive<Opened extends { readonly build: PluginBuild; readonly opened: OpenPlugin }>(
    opened: readonly Opened[],
    liveOf: (build: PluginBuild) => readonly ExportedSymbol[],
  ): Opened[] {
    const stale = new Set(
      [...new Set(opened.map(({ opened: { program } }) => program))].filter((program) =>
        program.declareLive(
          [...this.#builds.values()].filter((build) => build.program === program).flatMap(liveOf),
        ),
      ),
    );
    return opened.filter(({ opened: { program } }) => stale.has(program));
  }

  /** Returns the changed files that an import may have failed to find. Files of plugins are checked anyway. */
  #missedOf(changed: ReadonlySet<string>, plugins: readonly PluginFolder[]): string[] {
    if (this.#reports().every(({ state }) => state !== 'refused')) return [];
    const code = new Set(plugins.flatMap(({ files }) => files));
    return [...changed].filter((path) => !code.has(path));
  }

  #buildOf(plugin: PluginFolder): PluginBuild {
    const build = this.#builds.get(plugin.folder) ?? new PluginBuild(plugin, this.#options);
    this.#builds.set(plugin.folder, build);
    return build;
  }

  async #closeGone(plugins: readonly PluginFolder[]): Promise<PluginBuild[]> {
    const there = new Set(plugins.map(({ folder }) => folder));
    const gone = [...this.#builds.values()].filter(({ folder }) => !there.has(folder));
    for (const build of gone) {
      this.#builds.delete(build.folder);
      await build.close();
    }
    return gone;
  }

  /** Removes the artifacts of plugins that are gone. A plugin that was moved keeps its artifact. */
  async #removeArtifacts(gone: readonly PluginBuild[]): Promise<void> {
    const left = new Set([...this.#builds.values()].map(({ name }) => name));
    for (const { name } of gone.filter(({ name }) => !left.has(name))) {
      await removeDespiteReaders(resolve(this.#options.outDir, artifactFileName(name)));
    }
  }

  #reports(): PluginReport[] {
    return [...this.#builds.values()].flatMap(({ report }) => report ?? []);
  }
}

/** A plugin to check. */
interface Job {
  readonly build: PluginBuild;
  readonly opened: OpenPlugin;
  readonly duplicates: readonly Finding[];
}

/** A plugin that has been checked. */
interface ExaminedJob extends Job {
  readonly examination: Examination;
}
