/** What makes a value state, as a message says it after "is": `an empty Map`. */
export interface Stateful {
  readonly kind: 'container' | 'instance' | 'regexp' | 'iterator';
  readonly what: string;
}
