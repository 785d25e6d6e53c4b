/** A mistake that somebody could make in one of the plugins of the fixtures. */
export interface Fault {
  readonly title: string;
  /** Relative to the folder of the plugins. */
  readonly file: string;
  /** The text to replace; if it is missing, `to` is appended to the file. */
  readonly from?: string;
  readonly to: string;
  readonly rule: string;
  /** The file it is found in, when that is another one. */
  readonly foundIn?: string;
  /** Part of the line, and of no other, where it is found. */
  readonly line: string;
}
