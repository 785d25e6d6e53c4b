/** A mistake that somebody could make in one of the plugins of the fixtures. */
export interface Fault {
  readonly title: string;
  /** Path of the file, relative to the folder of the plugins. */
  readonly file: string;
  /** The text to replace; if it is missing, `to` is appended to the file. */
  readonly from?: string;
  readonly to: string;
  readonly rule: string;
  /** The file in which it is found, when that is another one. */
  readonly foundIn?: string;
  /** A part of the line where it is found, which no other line has. */
  readonly line: string;
}
