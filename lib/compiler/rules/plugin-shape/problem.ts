import type { TextEdit } from '../../rule.js';

/** A reason to refuse a plugin, and its remedy. */
export interface Problem {
  readonly problem: string;
  readonly remedy: string;
  /** Applies the remedy, where that is safe. */
  readonly fix?: readonly TextEdit[] | undefined;
}
