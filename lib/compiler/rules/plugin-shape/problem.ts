/** A reason to refuse a plugin, and the way out. */
export interface Problem {
  readonly problem: string;
  readonly remedy: string;
}
