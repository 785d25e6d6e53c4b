import type { TextEdit } from '../compiler/rule.js';

/** Options of the thread that judges. */
export interface JudgeOptions {
  /** Absolute paths of plugin folders, or of folders that hold them. */
  readonly sources: readonly string[];
  readonly livePrefix?: string;
}

/** A changed file; paths have forward slashes, as in the language server. */
export interface Edit {
  readonly file: string;
  /** Text that an editor holds; without it, the disk has the file. */
  readonly text?: string;
}

/** A request to look at a project again. */
export interface Look {
  /** Counts up: a verdict tells which edits it knows of. */
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
  /** Edits that do what `remedy` says, where that is safe; empty otherwise. */
  readonly fix: readonly TextEdit[];
}

/** Result of one look: all findings, or the reason why there was no look. */
export interface Verdict {
  /** The latest look that is part of it. */
  readonly look: number;
  readonly findings: readonly ShownFinding[];
  readonly problem?: string;
}
