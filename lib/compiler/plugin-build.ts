import { resolve } from 'node:path';
import { artifactFileName, readArtifact } from '../manifest/artifact.js';
import { MANIFEST_FORMAT } from '../manifest/manifest.js';
import { keyOf } from '../core/plugin-key.js';
import { notWritten } from '../manifest/put-artifact.js';
import { writeAtomically } from '../manifest/write-atomically.js';
import type { BuildAdapters } from './adapters/build-adapters.js';
import { Bundler } from './bundle/bundler.js';
import { BuildSteps } from './build-steps.js';
import { pluginStubs, type PluginStubs } from './live-types/plugin-stubs.js';
import {
  expectLiveSymbols,
  findLiveSymbols,
  type ExportedSymbol,
  type LiveSymbol,
} from './collect/live-symbols.js';
import { ownSymbolEndings } from './collect/own-symbols.js';
import type { PluginFacts } from './collect/plugin-facts.js';
import { declaringEntry, entryFileName, entrySource } from './entry.js';
import { Examiner, type Examination } from './examiner.js';
import { openPlugin, type OpenPlugin } from './open-plugin.js';
import type { BuildStep, ResolvedOptions } from './options.js';
import type { PluginFolder } from './plugin-folders.js';
import { isRearranged, PluginInputs } from './plugin-inputs.js';
import type { Program } from './program.js';
import type { Programs } from './programs.js';
import type { BuiltPlugin, PluginReport } from './report.js';
import type { Finding } from './rule.js';
import { RULES_VERSION } from './rules/index.js';
import { sortFindings } from './sort-findings.js';
import { strayWarnings } from './stray-files.js';
import { writeArtifact, type BundledPlugin } from './write-artifact.js';

/** One plugin in a session; it is checked and bundled again after each change. */
export class PluginBuild {
  readonly #options: ResolvedOptions;
  readonly #bundler: Bundler;
  readonly #steps: BuildSteps;
  readonly #examiner: Examiner;
  #plugin: PluginFolder;
  #live: readonly LiveSymbol[] = [];
  readonly #inputs = new PluginInputs();
  #report: PluginReport | undefined;
  /** The report on the plugin's present artifact. */
  #built: BuiltPlugin | undefined;
  #isHeld = false;
  #stubs: PluginStubs | undefined;
  #program: Program | undefined;

  constructor(plugin: PluginFolder, options: ResolvedOptions) {
    this.#plugin = plugin;
    this.#options = options;
    this.#bundler = new Bundler(plugin, options);
    this.#steps = new BuildSteps(options);
    this.#examiner = new Examiner(options, this.#steps);
  }

  get name(): string {
    return this.#plugin.name;
  }

  get folder(): string {
    return this.#plugin.folder;
  }

  get live(): readonly LiveSymbol[] {
    return this.#live;
  }

  /** The program in which the plugin was last opened. */
  get program(): Program | undefined {
    return this.#program;
  }

  /** The latest report. */
  get report(): PluginReport | undefined {
    return this.#report;
  }

  /** The plugin's part of `live.d.ts`, as of the last build without findings. */
  get stubs(): PluginStubs | undefined {
    return this.#stubs;
  }

  /** Absolute paths of all files that the plugin was made of. */
  get inputs(): ReadonlySet<string> {
    return this.#inputs.paths;
  }

  /**
   * Updates the list of files in the folder; returns whether the plugin must be checked again.
   *
   * @param added are folders that have become plugins: code from there now belongs to another plugin.
   */
  update(plugin: PluginFolder, changed: ReadonlySet<string>, added: readonly string[]): boolean {
    const before = this.#plugin;
    this.#plugin = plugin;
    // A refused plugin may lack a file that is in no list of inputs.
    if (!this.#report || this.#report.state === 'refused' || this.#isHeld) return true;
    const stale =
      isRearranged(before, plugin) ||
      this.#inputs.haveChanged(plugin, changed) ||
      added.some((folder) => this.#inputs.comeFrom(folder));
    if (!stale && this.#report.state === 'built')
      this.#report = { ...this.#report, state: 'unchanged', times: {} };
    return stale;
  }

  /** Returns whether somebody has deleted the artifact from its folder, which holds these files. */
  isGoneFrom(files: readonly string[]): boolean {
    const own = keyOf(artifactFileName(this.name));
    return this.#built !== undefined && !files.some((file) => keyOf(file) === own);
  }

  /** Adds the plugin's present files to its program. */
  open(programs: Programs, all: readonly PluginFolder[], adapters: BuildAdapters): OpenPlugin {
    const { livePrefix } = this.#options;
    const opened = openPlugin(this.#plugin, { programs, all, adapters, livePrefix });
    const { program } = opened;
    this.#bundler.configure(program.project, adapters);
    // A declaration that was missing may exist by now.
    if (this.#report?.state === 'refused') program.findDeclarations();
    this.#program = program;
    return opened;
  }

  /** Returns the live symbols that can be expected before they are collected. */
  expectedLive({ sources }: OpenPlugin): readonly ExportedSymbol[] {
    return expectLiveSymbols(sources.files, sources.livePrefix);
  }

  /** Finds the live symbols. */
  async collect(opened: OpenPlugin): Promise<void> {
    this.#steps.restart();
    await this.#step('collect', () => this.recollect(opened));
  }

  /** Finds the live symbols again, after something was added to the plugin's program. */
  recollect({ sources }: OpenPlugin): void {
    this.#live = findLiveSymbols(sources.files, sources.livePrefix);
  }

  /** Returns the generated entry, with imports relative to `from`. */
  entry(from: string): string {
    return entrySource(this.folder, this.#live, from);
  }

  /** Forgets facts about packages, because others are installed. */
  forgetPackages(): Promise<void> {
    return this.#bundler.forget();
  }

  /** See {@link Bundler.forgetBackdated}. */
  forgetBackdated(oldestMs: number): Promise<void> {
    return this.#bundler.forgetBackdated(oldestMs);
  }

  /** Begins to bundle with the live symbols of the last build, which seldom change. */
  bundleAhead(): Promise<void> {
    return this.#bundler.startAhead();
  }

  /** Begins to bundle, unless that has been begun. */
  startBundle({ sources, referenced, program: { conditions } }: OpenPlugin): Promise<void> {
    const entry = this.entry(this.folder);
    const endings = ownSymbolEndings(sources);
    return this.#bundler.start({ entry, endings, tsconfig: referenced, conditions });
  }

  /** Checks types and rules, unless that is postponed, and reads the facts. */
  async examine(opened: OpenPlugin, known: readonly Finding[]): Promise<Examination> {
    const { facts, findings, inputs } = await this.#examiner.examine(opened, this.#live);
    this.#inputs.replace(inputs, opened.ambient);
    return { facts, findings: sortFindings([...known, ...findings], this.#plugin.files) };
  }

  /** Checks types and rules of the built plugin; `undefined` when there are no findings. */
  async judge(opened: OpenPlugin): Promise<PluginReport | undefined> {
    let findings = await this.#examiner.check(opened);
    // Declarations may have been written that nothing has needed before.
    if (findings.length > 0 && opened.program.findDeclarations())
      findings = await this.#examiner.check(opened);
    return findings.length > 0 ? this.#refuse(sortFindings(findings, this.#plugin.files)) : undefined;
  }

  /** Ends a check, without writing an artifact. */
  conclude({ findings, facts }: Examination): PluginReport {
    if (findings.length > 0) return this.#refuse(findings);
    const manifest = {
      format: MANIFEST_FORMAT,
      name: this.name,
      rules: this.#rulesPassed,
      ...facts,
      bodyHash: '',
    } as const;
    return this.#settle({ state: 'checked', manifest, warnings: strayWarnings(this.#plugin) });
  }

  /**
   * Leaves the artifact of the last build, also one of an earlier session, as it is until the next one, if there is an artifact
   * and the plugin was made of files of these folders; returns whether it did.
   */
  async hold(folders: readonly string[]): Promise<boolean> {
    if (!folders.some((folder) => this.#inputs.useOther(folder, this.folder))) return false;
    const built = this.#built ?? (await this.#builtEarlier());
    if (!built) return false;
    this.#isHeld = true;
    this.#report = { ...built, state: 'unchanged', times: this.#steps.times };
    return true;
  }

  /** Waits for the bundle of a plugin without findings; adds those of the bundle. */
  async bundle(opened: OpenPlugin, { facts, findings }: Examination): Promise<BundledPlugin> {
    // The stubs are made first, while esbuild is at work.
    const stubs = findings.length > 0 ? undefined : this.#stubsOf(opened, facts);
    const bundle = await this.#step('bundle', () => this.#bundler.finish());
    if (findings.length > 0) return { state: 'refused', findings };
    if (bundle.state === 'refused') return bundle;
    this.#inputs.add(bundle.inputs);
    return { state: 'bundled', facts, stubs, bundle };
  }

  /** Writes the artifact, unless there are findings. */
  async emit(bundled: BundledPlugin): Promise<PluginReport> {
    if (bundled.state === 'refused') return this.#refuse(bundled.findings);
    const { facts, stubs, bundle } = bundled;
    this.#stubs = stubs;
    const said = { name: this.name, rules: this.#rulesPassed, ...facts };
    const written = await this.#step('write', () => writeArtifact(said, bundle, this.#options.outDir));
    const { outside, largest, adapted } = bundle;
    const warnings = [...this.#takeWarnings(), ...strayWarnings(this.#plugin), ...bundle.warnings];
    return this.#settle({ ...written, warnings, outside, largest, adapted });
  }

  /** Writes the entry that was bundled, or that would be bundled first. */
  async writeEntry(): Promise<void> {
    const { outDir } = this.#options;
    const entry = this.entry(resolve(outDir));
    const text = this.#bundler.declares ? declaringEntry(entry) : entry;
    const file = resolve(outDir, entryFileName(this.name));
    await writeAtomically(file, text).catch((cause: unknown) => {
      throw notWritten(`the entry of ${this.name}`, file, cause, this.name);
    });
  }

  close(): Promise<void> {
    return this.#bundler.dispose();
  }

  /** Returns a report on the artifact that an earlier session has left, unless there is none that can be read. */
  async #builtEarlier(): Promise<Omit<BuiltPlugin, 'state' | 'times'> | undefined> {
    const file = resolve(this.#options.outDir, artifactFileName(this.name));
    const read = await readArtifact(file).catch(() => undefined);
    if (!read) return undefined;
    const artifact = { file, hash: read.hash, manifest: read.manifest };
    const remarks = { warnings: [], outside: [], largest: [], adapted: [] };
    return { name: this.name, folder: this.folder, artifact, ...remarks };
  }

  /** Writes down the types of the plugin's live symbols. */
  #stubsOf({ program: { project, emitted: modules } }: OpenPlugin, facts: PluginFacts): PluginStubs {
    const program = project.getProgram().compilerObject;
    const outDir = resolve(this.#options.outDir);
    return pluginStubs({ name: this.name, live: this.#live, facts, program, modules, outDir });
  }

  #takeWarnings(): Finding[] {
    return this.#program?.takeWarnings(this.#plugin, this.#options.outDir) ?? [];
  }

  get #rulesPassed(): number {
    return this.#options.rules ? RULES_VERSION : 0;
  }

  #refuse(findings: readonly Finding[]): PluginReport {
    return this.#settle({ state: 'refused', findings, warnings: strayWarnings(this.#plugin) });
  }

  #settle(outcome: Outcome): PluginReport {
    const { times } = this.#steps;
    const report = { name: this.name, folder: this.folder, times, ...outcome };
    this.#report = report;
    this.#isHeld = false;
    if ('artifact' in report) this.#built = report;
    return report;
  }

  #step<T>(step: BuildStep, work: () => T | Promise<T>): Promise<T> {
    return this.#steps.run(step, this.name, work);
  }
}

type Outcome = PluginReport extends infer Report
  ? Report extends PluginReport
    ? Omit<Report, 'name' | 'folder' | 'times'>
    : never
  : never;
