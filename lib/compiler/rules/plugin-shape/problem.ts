/** A reason to refuse a plugin, and its remedy. */
export interface Problem {
  readonly problem: string;
  readonly remedy: string;
}
