import type { Project, SourceFile, ts } from 'ts-morph';
import type { ExportAdapter } from '../adapters/adapter.js';

/** The sources of one plugin, as collected: what rules look at. */
export interface PluginSources {
  /** The plugin's name. */
  readonly name: string;
  /** Absolute path of the plugin's folder. */
  readonly folder: string;
  /** Every TypeScript file below the folder, the root module first. */
  readonly files: readonly SourceFile[];
  /** `index.ts`, when there is one. */
  readonly root: SourceFile | undefined;
  /** The program these files are part of; several plugins built together share it. */
  readonly project: Project;
  /** Absolute folders of the other plugins built in the same call, by plugin name. */
  readonly otherPlugins: ReadonlyMap<string, string>;
  /** Beginning of the names of live symbols, compared case-insensitively; `live_` unless set. */
  readonly livePrefix: string;
  /** Returns how an adapter handles an export of a package for code in `file`; `undefined` when none does. */
  readonly adapterOf: (module: string, name: string, file: string) => ExportAdapter | undefined;
}

/** Sources whose types are checked, and the name that their findings have. */
export type CheckedSources = Pick<PluginSources, 'name' | 'files'>;

/**
 * Says that `place` breaks the rule: `problem` is what is wrong there, `remedy` what to do instead. Both are sentences. A place
 * is a node, or the absolute path of a file that is missing. `fix` does what the remedy says, where that is safe.
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
  /** Offset after the piece. */
  readonly end: number;
  /** The text that takes its place. */
  readonly text: string;
}

/** One rule of the build-time guard; each is a file of its own under `rules/`. */
export interface Rule {
  /** Name in diagnostics and suppressions: `no-globals`. */
  readonly name: string;
  /** One line: what it refuses. */
  readonly summary: string;
  /** Set when it judges behaviour: then it also checks JavaScript, and skips generated files. */
  readonly isAboutCode?: true;
  /** Looks at a plugin, and reports each place that breaks the rule. */
  check(plugin: PluginSources, report: Report): void;
}

/** One finding, of a rule or of the type checker, where it is and what to do. Lines and columns count from 1. */
export interface Finding {
  /** Name of the rule, `types` for the type checker, `suppressions` for those that are wrong themselves. */
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
  /** What is wrong, as a sentence. */
  readonly problem: string;
  /** Empty where there is nothing to add to the problem. */
  readonly remedy: string;
  /** The text that was judged, around the place. */
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
