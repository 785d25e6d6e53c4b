/** State, described as in a message after "is": `an empty Map`. */
export interface Stateful {
  readonly kind: 'container' | 'instance' | 'regexp' | 'iterator';
  readonly what: string;
  /** A regular expression with `y`: every use depends on the one before. */
  readonly isSticky?: boolean;
}
