import type { TextEdit } from '../compiler/rule.js';

/** Options of the thread that runs the rules. */
export interface JudgeOptions {
  /** Absolute paths of plugin folders, or of folders that hold them. */
  readonly sources: readonly string[];
  readonly livePrefix?: string;
}

/** A changed file; paths have forward slashes, as in the language server. */
export interface Edit {
  readonly file: string;
  /** Text that an editor holds; without it, the file is read from disk. */
  readonly text?: string;
}

/** A request to look at a project again. */
export interface Look {
  /** Counts up; a verdict names the last edit that it covers. */
  readonly number: number;
  readonly edits: readonly Edit[];
}

/** A finding as a language server shows it; lines and characters count from 0. */
export interface ShownFinding {
  readonly file: string;
  readonly code: number;
  readonly text: string;
  readonly remedy: string;
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
  /** Edits that apply the remedy, where that is safe; empty otherwise. */
  readonly fix: readonly TextEdit[];
}

/** Result of one look: all findings, or the reason why there was no look. */
export interface Verdict {
  /** The latest look that the verdict covers. */
  readonly look: number;
  readonly findings: readonly ShownFinding[];
  readonly problem?: string;
}
