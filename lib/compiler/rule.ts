import type { Project, SourceFile, ts } from 'ts-morph';
import type { ExportAdapter } from '../adapters/adapter.js';

/** The collected sources of one plugin, which rules check. */
export interface PluginSources {
  /** The plugin's name. */
  readonly name: string;
  /** Absolute path of the plugin's folder. */
  readonly folder: string;
  /** Every TypeScript file below the folder, the root module first. */
  readonly files: readonly SourceFile[];
  /** `index.ts`, when there is one. */
  readonly root: SourceFile | undefined;
  /** The program of these files; several plugins built together share it. */
  readonly project: Project;
  /** Absolute folders of the other plugins built in the same call, by plugin name. */
  readonly otherPlugins: ReadonlyMap<string, string>;
  /** Beginning of the names of live symbols, compared case-insensitively; `live_` unless set. */
  readonly livePrefix: string;
  /** Returns how an adapter handles an export of a package for code in `file`; `undefined` when none does. */
  readonly adapterOf: (module: string, name: string, file: string) => ExportAdapter | undefined;
}

/** Sources whose types are checked, and the name for their findings. */
export type CheckedSources = Pick<PluginSources, 'name' | 'files'>;

/**
 * Reports that `place` breaks the rule. `problem` tells what is wrong, `remedy` what to do instead; both are sentences. A place
 * is a node, or the absolute path of a missing file. `fix` applies the remedy, where that is safe.
 */
export type Report = (
  place: ts.Node | string,
  problem: string,
  remedy: string,
  fix?: readonly TextEdit[],
) => void;

/** A piece of a file that is replaced. */
export interface TextEdit {
  /** Absolute path. */
  readonly file: string;
  /** Offsets into its text, from 0. */
  readonly start: number;
  /** Offset of its end. */
  readonly end: number;
  /** The text that takes its place. */
  readonly text: string;
}

/** One rule of the build; each has a folder of its own under `rules/`. */
export interface Rule {
  /** Name in diagnostics and suppressions: `no-globals`. */
  readonly name: string;
  /** The code that it refuses, in one line. */
  readonly summary: string;
  /** Set for a rule about behaviour, which also checks JavaScript and skips generated files. */
  readonly isAboutCode?: true;
  /** Checks a plugin and reports each place that breaks the rule. */
  check(plugin: PluginSources, report: Report): void;
}

/** One finding of a rule or the type checker: its location, the problem, the remedy. Lines and columns count from 1. */
export interface Finding {
  /** Name of the rule; `types` for the type checker, `suppressions` for wrong suppressions. */
  readonly rule: string;
  /** Name of the plugin. */
  readonly plugin: string;
  /** Absolute path. */
  readonly file: string;
  /** Line at which it begins, from 1. */
  readonly line: number;
  /** Column at which it begins, from 1. */
  readonly column: number;
  /** Line at which it ends. */
  readonly endLine: number;
  /** Column after its last character. */
  readonly endColumn: number;
  /** The problem, as a sentence. */
  readonly problem: string;
  /** The remedy, as a sentence; empty if there is nothing to add to the problem. */
  readonly remedy: string;
  /** The checked text around the place. */
  readonly excerpt?: Excerpt;
  /** Edits that `check --fix` makes. */
  readonly fix?: readonly TextEdit[];
}

/** A few lines of a file. */
export interface Excerpt {
  /** The number of the first line, from 1. */
  readonly first: number;
  /** The lines, without their ends. */
  readonly lines: readonly string[];
}
